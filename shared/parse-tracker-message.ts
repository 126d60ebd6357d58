import { MAX_TRACKER_ID_LENGTH } from './announce.ts';
import { infoHashFromBinary, peerIdFromBinary } from './binary-strings.ts';
import type { InfoHash } from './info-hash.ts';
import type { PeerId } from './peer-id.ts';
import { isAbsent, isJsonObject, isOfferId, parseJson, parseSdp } from './webtorrent-json.ts';

/** What a client that makes no offers is told by a WebTorrent tracker. */
export type TrackerMessage =
  | {
      readonly type: 'reply';
      readonly infoHash: InfoHash;
      readonly intervalSeconds: number;
      readonly minIntervalSeconds: number;
      /** To be said again with the next announces; undefined: what was said before holds. */
      readonly trackerId: string | undefined;
    }
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
  const intervalSeconds = message['interval'];
  if (typeof intervalSeconds !== 'number' || intervalSeconds < 1) return undefined;
  const minInterval = message['min interval'];
  const minIntervalSeconds = typeof minInterval === 'number' ? Math.max(0, minInterval) : 0;
  const trackerId = parseTrackerId(message['tracker id']);
  return { type: 'reply', infoHash, intervalSeconds, minIntervalSeconds, trackerId };
}

function parseTrackerId(value: unknown): string | undefined {
  const isUsable =
    typeof value === 'string' && value !== '' && value.length <= MAX_TRACKER_ID_LENGTH;
  return isUsable ? value : undefined;
}
