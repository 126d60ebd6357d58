import { encodeBencode, type Encodable } from '../../../shared/bencode.ts';
import { toHex } from '../../../shared/bytes.ts';
import {
  type InfoHash,
  type InfoHashes,
  infoHashFromHex,
  swarmsOf,
  type TorrentFormat,
} from '../../../shared/info-hash.ts';
import { infoHashesOf } from '../../../tracker-worker/catalog/info-hashes.ts';
import { encodeMetainfo } from '../../../shared/metainfo.ts';
import { encodeInfo } from '../../../shared/torrent-info.ts';

export interface SampleTorrent {
  readonly bytes: Uint8Array;
  readonly infoBytes: Uint8Array;
  /** The swarm that it is filed under. */
  readonly infoHash: InfoHash;
  readonly hashes: InfoHashes;
}

/** A well-formed .torrent of one 5-byte file, or of files with these paths. */
export async function sampleTorrent(
  name: string,
  options: {
    readonly paths?: readonly (readonly string[])[];
    readonly trackers?: readonly (readonly string[])[];
    readonly webSeeds?: readonly string[];
    readonly format?: TorrentFormat;
  } = {},
): Promise<SampleTorrent> {
  const paths = options.paths ?? [[]];
  const format = options.format ?? 'v1';
  // In v2 each file starts at a piece.
  const stride = format === 'v1' ? 5 : 16_384;
  const files = paths.map((path, index) => {
    const file = { path, lengthBytes: 5, offsetBytes: stride * index };
    const piecesRoot = new Uint8Array(32).fill(index + 1);
    return format === 'v1' ? file : Object.assign(file, { piecesRoot });
  });
  const extentBytes = stride * (files.length - 1) + 5;
  const infoBytes = encodeInfo({
    format,
    name,
    extentBytes,
    source: undefined,
    isFolder: options.paths !== undefined,
    files,
    pieceLengthBytes: 16_384,
    pieceHashes: format === 'v2' ? undefined : new Uint8Array(20 * Math.ceil(extentBytes / 16_384)),
    isPrivate: false,
  });
  const hashes = await infoHashesOf(infoBytes, format);
  return {
    bytes: encodeMetainfo(infoBytes, {
      trackers: options.trackers ?? [],
      webSeeds: options.webSeeds ?? [],
      pieceLayers: format === 'v1' ? undefined : new Map(),
    }),
    infoBytes,
    infoHash: swarmsOf(hashes)[0],
    hashes,
  };
}

export async function infoHashOf(infoBytes: Uint8Array): Promise<InfoHash> {
  const digest = await crypto.subtle.digest('SHA-1', Uint8Array.from(infoBytes));
  const infoHash = infoHashFromHex(toHex(new Uint8Array(digest)));
  if (infoHash === undefined) throw new Error('a SHA-1 is an info-hash');
  return infoHash;
}

/** A .torrent whose `info` is what it is said to be, unsafe or not. */
export function torrentWithInfo(info: { readonly [key: string]: Encodable }): Uint8Array {
  return encodeBencode({
    info: { 'piece length': 16_384, pieces: new Uint8Array(20), name: 'sample', ...info },
  });
}
