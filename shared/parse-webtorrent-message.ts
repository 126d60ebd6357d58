import type { AnnounceEvent } from './announce.ts';
import { infoHashFromBinary, peerIdFromBinary } from './binary-strings.ts';
import type { InfoHash } from './info-hash.ts';
import type { PeerRole } from './peer-role.ts';
import {
  isAbsent,
  isJsonObject,
  isOfferId,
  type JsonObject,
  parseJson,
  parseSdp,
} from './webtorrent-json.ts';
import {
  type OfferMessage,
  type SocketAction,
  type SocketLimits,
  type SocketRefusalCode,
  type SocketResult,
} from './webtorrent-messages.ts';

/**
 * Parses one WebSocket message from a client to a tracker: a text frame, or the bytes of a binary frame (clients that
 * write with `ws` send those). Never throws. What names somebody must be right; all else is tolerated in any form, and
 * each bad offer is passed over by itself, so that one of them costs a client no announce.
 */
export function parseSocketMessage(data: string | Uint8Array, limits: SocketLimits): SocketResult {
  const message = parseJson(data);
  if (message === undefined) return refuse('not-json', 'the message is not JSON');
  if (!isJsonObject(message)) return refuse('not-an-object', 'the message is not a JSON object');
  const action = message['action'];
  if (action === 'scrape') return parseScrape(message['info_hash'], limits);

  const infoHash = infoHashFromBinary(message['info_hash']);
  if (action !== 'announce') {
    return refuse('unknown-action', 'action is neither announce nor scrape', { infoHash });
  }
  if (infoHash === undefined) {
    return refuse('info-hash-invalid', 'info_hash is not 20 characters U+0000 to U+00FF');
  }
  return isAbsent(message['answer'])
    ? parseAnnounce(message, infoHash, limits)
    : parseAnswer(message, infoHash, limits);
}

function parseAnnounce(
  message: JsonObject,
  infoHash: InfoHash,
  limits: SocketLimits,
): SocketResult {
  const peerId = peerIdFromBinary(message['peer_id']);
  if (peerId === undefined) return refusePeerId(infoHash);
  const event = parseEvent(message['event']);
  const role = parseRole(message);
  // Who leaves takes no peers, so its offers would only wake others in vain.
  const offers = event === 'stopped' ? [] : parseOffers(message['offers'], limits);
  return { ok: true, value: { type: 'announce', infoHash, peerId, role, event, offers } };
}

function parseAnswer(message: JsonObject, infoHash: InfoHash, limits: SocketLimits): SocketResult {
  const peerId = peerIdFromBinary(message['peer_id']);
  if (peerId === undefined) return refusePeerId(infoHash);
  const toPeerId = peerIdFromBinary(message['to_peer_id']);
  if (toPeerId === undefined) {
    const reason = 'to_peer_id is not 20 characters U+0000 to U+00FF';
    return refuse('to-peer-id-invalid', reason, { infoHash });
  }
  const offerId = message['offer_id'];
  if (!isOfferId(offerId)) {
    return refuse('offer-id-invalid', 'offer_id is not 1 to 64 characters', { infoHash });
  }
  const sdp = parseSdp(message['answer'], 'answer', limits.maxSdpBytes);
  if (sdp === undefined) {
    const reason = 'answer is not a WebRTC answer with an sdp of allowed size';
    return refuse('answer-invalid', reason, { infoHash });
  }
  return { ok: true, value: { type: 'answer', infoHash, peerId, toPeerId, offerId, sdp } };
}

/** One info-hash, or a list of them, each counted once. */
function parseScrape(named: unknown, limits: SocketLimits): SocketResult {
  const action = 'scrape';
  const values: readonly unknown[] = Array.isArray(named) ? named : isAbsent(named) ? [] : [named];
  if (values.length === 0) {
    const reason = 'a scrape of all torrents is not served; name info_hash';
    return refuse('full-scrape-off', reason, { action });
  }
  if (values.length > limits.maxScrapeInfoHashes) {
    return refuse('too-many-info-hashes', 'the scrape names too many info_hash', { action });
  }
  const infoHashes = new Set<InfoHash>();
  for (const value of values) {
    const infoHash = infoHashFromBinary(value);
    if (infoHash === undefined) {
      const reason = 'info_hash is not 20 characters U+0000 to U+00FF';
      return refuse('info-hash-invalid', reason, { action });
    }
    infoHashes.add(infoHash);
  }
  return { ok: true, value: { type: 'scrape', infoHashes: [...infoHashes] } };
}

/** The offers that can be relayed, in order, up to the limit. anacrolix writes `null` where it has none. */
function parseOffers(value: unknown, limits: SocketLimits): readonly OfferMessage[] {
  const offers: OfferMessage[] = [];
  if (!Array.isArray(value)) return offers;
  const items: readonly unknown[] = value;
  for (const item of items) {
    if (offers.length >= limits.maxOffersPerAnnounce) break;
    if (!isJsonObject(item)) continue;
    const offerId = item['offer_id'];
    if (!isOfferId(offerId)) continue;
    const sdp = parseSdp(item['offer'], 'offer', limits.maxSdpBytes);
    if (sdp !== undefined) offers.push({ offerId, sdp });
  }
  return offers;
}

/** Anything but BEP 3's own events is a regular announce, as with `paused` (BEP 21) and `null`. */
function parseEvent(event: unknown): AnnounceEvent {
  return event === 'started' || event === 'stopped' || event === 'completed' ? event : 'update';
}

/**
 * Only a `left` of exactly 0 is a seeder. It is missing, or `null`, in clients that have a magnet link and do not know
 * the size yet; Trystero never writes it. `paused` is BEP 21's, as libtorrent sends it.
 */
function parseRole(message: JsonObject): PeerRole {
  const left = message['left'];
  if (left === 0 || (typeof left === 'string' && /^0+$/.test(left))) return 'seeder';
  return message['event'] === 'paused' ? 'partial' : 'leecher';
}

function refusePeerId(infoHash: InfoHash): SocketResult {
  return refuse('peer-id-invalid', 'peer_id is not 20 characters U+0000 to U+00FF', { infoHash });
}

function refuse(
  code: SocketRefusalCode,
  reason: string,
  about: { readonly action?: SocketAction; readonly infoHash?: InfoHash | undefined } = {},
): SocketResult {
  const { action = 'announce', infoHash } = about;
  return { ok: false, refusal: { code, reason, action, infoHash } };
}
