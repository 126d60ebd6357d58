import type { AnnounceEvent } from './announce.ts';
import { infoHashToBinary } from './binary-strings.ts';
import type { InfoHash } from './info-hash.ts';
import type { PeerId } from './peer-id.ts';

// What a seed tells a WebTorrent tracker, as JSON text.

/** "I have all of it, and make no offers": a seed answers the offers of those who want it. */
export function formatSeedAnnounce(announce: {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly event: AnnounceEvent;
  readonly uploadedBytes: number;
  readonly trackerId?: string | undefined;
}): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: infoHashToBinary(announce.infoHash),
    peer_id: announce.peerId,
    uploaded: announce.uploadedBytes,
    downloaded: 0,
    left: 0,
    ...(announce.event === 'update' ? {} : { event: announce.event }),
    numwant: 0,
    offers: [],
    ...(announce.trackerId === undefined ? {} : { trackerid: announce.trackerId }),
  });
}

/** The answer to another peer's offer. */
export function formatAnswer(answer: {
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly toPeerId: PeerId;
  readonly offerId: string;
  readonly sdp: string;
}): string {
  return JSON.stringify({
    action: 'announce',
    info_hash: infoHashToBinary(answer.infoHash),
    peer_id: answer.peerId,
    to_peer_id: answer.toPeerId,
    answer: { type: 'answer', sdp: answer.sdp },
    offer_id: answer.offerId,
  });
}
