import { encodeBencode, type Encodable } from '../../../shared/bencode.ts';
import { toHex } from '../../../shared/bytes.ts';
import { type InfoHash, infoHashFromHex } from '../../../shared/info-hash.ts';
import { encodeInfo, encodeMetainfo } from '../../../shared/metainfo.ts';

export interface SampleTorrent {
  readonly bytes: Uint8Array;
  readonly infoBytes: Uint8Array;
  readonly infoHash: InfoHash;
}

/** A well-formed .torrent of one 5-byte file, or of files with these paths. */
export async function sampleTorrent(
  name: string,
  options: {
    readonly paths?: readonly (readonly string[])[];
    readonly trackers?: readonly (readonly string[])[];
    readonly webSeeds?: readonly string[];
  } = {},
): Promise<SampleTorrent> {
  const paths = options.paths ?? [[]];
  const files = paths.map((path, index) => ({ path, lengthBytes: 5, offsetBytes: 5 * index }));
  const infoBytes = encodeInfo({
    name,
    isFolder: options.paths !== undefined,
    files,
    pieceLengthBytes: 16_384,
    pieceHashes: new Uint8Array(20 * Math.ceil((5 * files.length) / 16_384)),
    isPrivate: false,
  });
  return {
    bytes: encodeMetainfo(infoBytes, {
      trackers: options.trackers ?? [],
      webSeeds: options.webSeeds ?? [],
    }),
    infoBytes,
    infoHash: await infoHashOf(infoBytes),
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
