import { infoHashToBinary } from './binary-strings.ts';
import type { InfoHash } from './info-hash.ts';
import type { PeerId } from './peer-id.ts';
import type { SwarmCounts } from './scrape.ts';
import type { SocketAction } from './webtorrent-messages.ts';

// What a tracker sends, as JSON text. Every message carries `action`, because bittorrent-tracker's client takes one
// without it for a broken socket and reconnects, and `info_hash`, because libtorrent passes over what names none.

/** The reply to an announce. */
export function formatAnnounceReply(reply: {
  readonly infoHash: InfoHash;
  readonly intervalSeconds: number;
  readonly seeders: number;
  readonly leechers: number;
}): string {
  return JSON.stringify({
    complete: reply.seeders,
    incomplete: reply.leechers,
    action: 'announce',
    interval: reply.intervalSeconds,
    info_hash: infoHashToBinary(reply.infoHash),
  });
}

/** An offer or answer on its way to another peer. */
export interface RelayedDescription {
  readonly infoHash: InfoHash;
  /** Who sent it. */
  readonly fromPeerId: PeerId;
  readonly offerId: string;
  readonly sdp: string;
}

/** Another peer's offer, for the one that the tracker picked. */
export function formatRelayedOffer(offer: RelayedDescription): string {
  return JSON.stringify({
    action: 'announce',
    offer: { type: 'offer', sdp: offer.sdp },
    offer_id: offer.offerId,
    peer_id: offer.fromPeerId,
    info_hash: infoHashToBinary(offer.infoHash),
  });
}

/** The answer to an offer, for the peer that made the offer. */
export function formatRelayedAnswer(answer: RelayedDescription): string {
  return JSON.stringify({
    action: 'announce',
    answer: { type: 'answer', sdp: answer.sdp },
    offer_id: answer.offerId,
    peer_id: answer.fromPeerId,
    info_hash: infoHashToBinary(answer.infoHash),
  });
}

/** The reply to a scrape, with BEP 48's `flags` and BEP 21's `downloaders`. */
export function formatScrapeReply(
  counts: ReadonlyMap<InfoHash, SwarmCounts>,
  minRequestIntervalSeconds: number,
): string {
  const files = [...counts].map(
    ([infoHash, swarm]) =>
      [
        infoHashToBinary(infoHash),
        {
          complete: swarm.seeders,
          incomplete: swarm.leechers,
          downloaded: swarm.downloads,
          downloaders: swarm.downloaders,
        },
      ] as const,
  );
  return JSON.stringify({
    action: 'scrape',
    files: Object.fromEntries(files),
    flags: { min_request_interval: minRequestIntervalSeconds },
  });
}

/**
 * A refusal, told under the action that the client asked for. Where no info-hash is known `info_hash` is empty rather
 * than absent: bittorrent-tracker's client throws on an announce message without one, and passes over an empty one.
 */
export function formatSocketFailure(failure: {
  readonly action: SocketAction;
  readonly reason: string;
  readonly infoHash: InfoHash | undefined;
}): string {
  return JSON.stringify({
    action: failure.action,
    'failure reason': failure.reason,
    info_hash: failure.infoHash === undefined ? '' : infoHashToBinary(failure.infoHash),
  });
}
