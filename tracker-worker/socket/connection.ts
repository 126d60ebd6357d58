import { concatBytes } from '../../shared/bytes.ts';
import {
  INFO_HASH_BYTES,
  type InfoHash,
  infoHashBytes,
  infoHashFromBytes,
} from '../../shared/info-hash.ts';
import { PEER_ID_BYTES, type PeerId, peerIdBytes, peerIdFromBytes } from '../../shared/peer-id.ts';
import { decodeLatin1, encodeLatin1 } from '../../shared/text.ts';

/** What is known of one WebSocket, and survives its object's hibernation in the socket's attachment. */
export interface Connection {
  /** Its number in the shard that holds it. */
  readonly id: number;
  /** Who opened it: the digits that `SwarmShards` writes of an address, or `UNCOUNTED_SOURCE`. */
  readonly source: string;
  /** Where it announces, and as whom: at most `maxTorrentsPerSocket`. */
  readonly torrents: Map<InfoHash, PeerId>;
}

const TORRENT_BYTES = INFO_HASH_BYTES + PEER_ID_BYTES;
const ID_BYTES = 4;

/**
 * A connection as an attachment: number, length of the source, source, then info-hash and peer-id of each torrent.
 * 400 torrents fit the 16,384 bytes that an attachment may have.
 */
export function encodeConnection({ id, source, torrents }: Connection): Uint8Array {
  const head = new Uint8Array(ID_BYTES + 1);
  new DataView(head.buffer).setUint32(0, id);
  head[ID_BYTES] = source.length;
  const parts = Array.from(torrents, ([infoHash, peerId]) => [
    infoHashBytes(infoHash),
    peerIdBytes(peerId),
  ]);
  return concatBytes([head, encodeLatin1(source), ...parts.flat()]);
}

/** The connection of an attachment; `undefined` for what `encodeConnection` did not make. */
export function decodeConnection(attachment: unknown): Connection | undefined {
  if (!(attachment instanceof Uint8Array) || attachment.length <= ID_BYTES) return undefined;
  const id = new DataView(attachment.buffer, attachment.byteOffset).getUint32(0);
  const start = ID_BYTES + 1 + (attachment[ID_BYTES] ?? 0);
  const torrentsBytes = attachment.length - start;
  if (torrentsBytes < 0 || torrentsBytes % TORRENT_BYTES !== 0) return undefined;
  const source = decodeLatin1(attachment.subarray(ID_BYTES + 1, start));
  const torrents = new Map<InfoHash, PeerId>();
  for (let at = start; at < attachment.length; at += TORRENT_BYTES) {
    const infoHash = infoHashFromBytes(attachment.subarray(at, at + INFO_HASH_BYTES));
    const peerId = peerIdFromBytes(attachment.subarray(at + INFO_HASH_BYTES, at + TORRENT_BYTES));
    if (infoHash !== undefined && peerId !== undefined) torrents.set(infoHash, peerId);
  }
  return { id, source, torrents };
}
