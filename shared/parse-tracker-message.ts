import { infoHashFromBinary, peerIdFromBinary } from './binary-strings.ts';
import type { InfoHash } from './info-hash.ts';
import type { PeerId } from './peer-id.ts';
import { isAbsent, isJsonObject, isOfferId, parseJson, parseSdp } from './webtorrent-json.ts';

/** What a client that makes no offers is told by a WebTorrent tracker. */
export type TrackerMessage =
  | { readonly type: 'reply'; readonly infoHash: InfoHash; readonly intervalSeconds: number }
  | { readonly type: 'refusal'; readonly infoHash: InfoHash | undefined; readonly reason: string }
  | {
      readonly type: 'offer';
      readonly infoHash: InfoHash;
      /** Who offers. */
      readonly peerId: PeerId;
      readonly offerId: string;
      readonly sdp: string;
    };

/** The longest message that is read: an offer with everything around it. */
const MAX_MESSAGE_CHARACTERS = 100_000;
const MAX_REASON_CHARACTERS = 200;

/** Parses one text frame from a tracker; `undefined` for what is none of these, which is passed over. Never throws. */
export function parseTrackerMessage(text: string, maxSdpBytes: number): TrackerMessage | undefined {
  const message = text.length <= MAX_MESSAGE_CHARACTERS ? parseJson(text) : undefined;
  if (!isJsonObject(message)) return undefined;
  const infoHash = infoHashFromBinary(message['info_hash']);
  const reason = message['failure reason'];
  if (typeof reason === 'string') {
    return { type: 'refusal', infoHash, reason: reason.slice(0, MAX_REASON_CHARACTERS) };
  }
  if (message['action'] !== 'announce' || infoHash === undefined) return undefined;
  if (!isAbsent(message['offer'])) {
    const sdp = parseSdp(message['offer'], 'offer', maxSdpBytes);
    const peerId = peerIdFromBinary(message['peer_id']);
    const offerId = message['offer_id'];
    return sdp === undefined || peerId === undefined || !isOfferId(offerId)
      ? undefined
      : { type: 'offer', infoHash, peerId, offerId, sdp };
  }
  const interval = message['interval'];
  return typeof interval === 'number' && interval >= 1
    ? { type: 'reply', infoHash, intervalSeconds: interval }
    : undefined;
}
