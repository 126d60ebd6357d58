import { infoHashToBinary } from '../../../shared/binary-strings.ts';
import type { InfoHash } from '../../../shared/info-hash.ts';
import { peerIdText } from './announces.ts';

/** A message of either side, as JSON has it. */
export type SocketJson = Readonly<Record<string, unknown>>;

/** Keys of a message, as JSON has them. */
export type Keys = Readonly<Record<string, unknown>>;

/** A leecher's announce with these keys instead; one that is `undefined` is absent. */
export function announceOf(infoHash: InfoHash, peer: string, keys: Keys = {}): SocketJson {
  return {
    action: 'announce',
    info_hash: infoHashToBinary(infoHash),
    peer_id: peerIdText(peer),
    uploaded: 0,
    downloaded: 0,
    left: 100,
    ...keys,
  };
}

export function answerOf(
  infoHash: InfoHash,
  peer: string,
  toPeer: string,
  keys: Keys = {},
): SocketJson {
  return {
    action: 'announce',
    info_hash: infoHashToBinary(infoHash),
    peer_id: peerIdText(peer),
    to_peer_id: peerIdText(toPeer),
    answer: { type: 'answer', sdp: `answer of ${peer}` },
    offer_id: offerId('1'),
    ...keys,
  };
}

export function scrapeOf(...infoHashes: readonly InfoHash[]): SocketJson {
  return {
    action: 'scrape',
    info_hash: infoHashes.map((infoHash) => infoHashToBinary(infoHash)),
  };
}

/** 20 bytes, not all of them text, that end in `suffix`. */
export function offerId(suffix: string): string {
  return suffix.padStart(20, '\xff');
}

export function offerOf(suffix: string): Keys {
  return { offer: { type: 'offer', sdp: `offer ${suffix}` }, offer_id: offerId(suffix) };
}

/** An offer as it comes to the peer that it is for. */
export function relayedOffer(infoHash: InfoHash, fromPeer: string, suffix: string): SocketJson {
  return {
    action: 'announce',
    ...offerOf(suffix),
    peer_id: peerIdText(fromPeer),
    info_hash: infoHashToBinary(infoHash),
  };
}

/** The answer to `offerOf(suffix)` as it comes to the peer that made the offer. */
export function relayedAnswer(infoHash: InfoHash, fromPeer: string, suffix: string): SocketJson {
  return {
    action: 'announce',
    answer: { type: 'answer', sdp: `answer of ${fromPeer}` },
    offer_id: offerId(suffix),
    peer_id: peerIdText(fromPeer),
    info_hash: infoHashToBinary(infoHash),
  };
}

export function failure(infoHash: InfoHash | undefined, reason: string): SocketJson {
  return {
    action: 'announce',
    'failure reason': reason,
    info_hash: infoHash === undefined ? '' : infoHashToBinary(infoHash),
  };
}
