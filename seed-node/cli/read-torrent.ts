import { open } from 'node:fs/promises';
import { concatBytes } from '../../shared/bytes.ts';
import {
  inspectMetainfo,
  MAX_METAINFO_BYTES,
  type Metainfo,
  type MetainfoRefusalCode,
} from '../../shared/metainfo.ts';
import { checkPieceLayers } from '../../shared/piece-layers.ts';
import { describeRefusal, type Refusal, type Result } from '../../shared/result.ts';
import { sha256 } from '../hashing/sha256.ts';

/** Defects of one .torrent that are told one by one. */
const MAX_DEFECTS = 50;

/** A .torrent could not be read; the message says which and why. */
export class UnreadableTorrent extends Error {}

/** A .torrent, whoever made it, and what keeps it from being published. */
export interface InspectedTorrent {
  readonly metainfo: Metainfo;
  readonly defects: readonly string[];
}

/** Reads a .torrent as far as sense can be made of it. Throws `UnreadableTorrent`. */
export async function readTorrent(path: string): Promise<InspectedTorrent> {
  const shown = path === '-' ? 'stdin' : path;
  const bytes = await readAtMost(path, MAX_METAINFO_BYTES).catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing) throw new UnreadableTorrent(`Cannot read ${shown}: there is no such file`);
    throw new UnreadableTorrent(`Cannot read ${shown}`, { cause: error });
  });
  const defects: Refusal[] = [];
  const metainfo: Result<Metainfo, MetainfoRefusalCode> = inspectMetainfo(bytes, (defect) => {
    if (defects.length < MAX_DEFECTS) defects.push(defect);
  });
  if (!metainfo.ok) {
    throw new UnreadableTorrent(`Cannot read ${shown}: ${describeRefusal(metainfo.refusal)}`);
  }
  const { info, pieceLayers } = metainfo.value;
  const wrongLayer = pieceLayers && checkPieceLayers(info, pieceLayers, sha256);
  if (wrongLayer !== undefined) defects.push(wrongLayer);
  return { metainfo: metainfo.value, defects: defects.map(describeRefusal) };
}

/** A file's bytes, or stdin's for `-`; one byte more than `maxBytes` shows that there are too many. */
async function readAtMost(path: string, maxBytes: number): Promise<Uint8Array> {
  await using file = path === '-' ? undefined : await open(path);
  const stream = file === undefined ? process.stdin : file.createReadStream({ autoClose: false });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes: unknown = chunk;
    if (!(bytes instanceof Uint8Array)) continue;
    chunks.push(bytes);
    length += bytes.length;
    if (length > maxBytes) break;
  }
  return concatBytes(chunks);
}
