import { type BigIntStats, statSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes } from '../../shared/bytes.ts';
import { nameProblem } from '../../shared/file-path.ts';
import { SHA256_BYTES } from '../../shared/merkle.ts';
import type { Metainfo } from '../../shared/metainfo.ts';
import { expectedPieceRoot } from '../../shared/piece-layers.ts';
import { fileSpans, SHA1_BYTES } from '../../shared/pieces.ts';
import type { TorrentInfo } from '../../shared/torrent-info.ts';
import { type HashOptions, hashOnThreads, type PieceHashes } from '../hashing/hashing-threads.ts';

type FileFinding =
  | 'missing'
  | 'not-a-file'
  | 'too-short'
  | 'too-long'
  | 'unreadable'
  | 'wrong-data'
  | 'unsafe-name';

/** What is wrong with one file. */
export interface BadFile {
  /** As the torrent names it, with slashes; a single file's is the torrent's name. */
  readonly path: string;
  readonly finding: FileFinding;
  readonly expectedBytes: number;
  /** Undefined where there is no file. */
  readonly actualBytes: number | undefined;
  /** Those of its pieces whose bytes are not what they should be, ascending. */
  readonly badPieces: readonly number[];
}

export interface Verification {
  readonly pieceCount: number;
  readonly badPieces: readonly number[];
  /** Files with something wrong, in the torrent's order. */
  readonly badFiles: readonly BadFile[];
}

interface FileState {
  /** Where its bytes are read from; undefined where they cannot be. */
  readonly path: string | undefined;
  readonly finding: FileFinding | undefined;
  readonly actualBytes: number | undefined;
}

/**
 * Compares what is on the disk with every hash that the torrent has: SHA-1 of the pieces (BEP 3), merkle roots of the
 * files (BEP 52). `rootPath` is the file, or the folder that the torrent names. Bad content is a finding, never an
 * error; names that lead out of the folder are not followed. Throws the signal's reason when aborted.
 */
export async function verifyContent(
  { info, pieceLayers }: Metainfo,
  rootPath: string,
  options: HashOptions,
): Promise<Verification> {
  const states = info.files.map(({ path, lengthBytes }) => lookUp(rootPath, path, lengthBytes));
  const hashes = await hashOnThreads(
    {
      format: info.format,
      extentBytes: info.extentBytes,
      pieceLengthBytes: info.pieceLengthBytes,
      files: info.files.map(({ offsetBytes, lengthBytes }, index) => ({
        // An empty path cannot be opened: its pieces are marked as not read.
        path: states[index]?.path ?? '',
        modifiedNs: undefined,
        offsetBytes,
        lengthBytes,
      })),
    },
    'mark',
    options,
  );
  const badPieces: number[] = [];
  for (let index = 0; index < hashes.unread.length; index += 1) {
    if (!isRight(info, pieceLayers, hashes, index)) badPieces.push(index);
  }
  return {
    pieceCount: hashes.unread.length,
    badPieces,
    badFiles: findBadFiles(info, states, hashes.unread, badPieces),
  };
}

function lookUp(rootPath: string, path: readonly string[], lengthBytes: number): FileState {
  if (path.some((name) => nameProblem(name) !== undefined)) {
    return { path: undefined, finding: 'unsafe-name', actualBytes: undefined };
  }
  const absolute = join(rootPath, ...path);
  let stats: BigIntStats;
  try {
    stats = statSync(absolute, { bigint: true });
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && /^(ENOENT|ENOTDIR)$/.test(String(error.code));
    const finding = isMissing ? 'missing' : 'unreadable';
    return { path: undefined, finding, actualBytes: undefined };
  }
  if (!stats.isFile()) return { path: undefined, finding: 'not-a-file', actualBytes: undefined };
  const actualBytes = Number(stats.size);
  const finding =
    actualBytes === lengthBytes ? undefined : actualBytes < lengthBytes ? 'too-short' : 'too-long';
  return { path: absolute, finding, actualBytes };
}

function isRight(
  info: TorrentInfo,
  pieceLayers: Metainfo['pieceLayers'],
  { pieceHashes, pieceRoots, unread }: PieceHashes,
  index: number,
): boolean {
  if (unread[index] === 1) return false;
  if (pieceHashes !== undefined && info.pieceHashes !== undefined) {
    const range = [index * SHA1_BYTES, (index + 1) * SHA1_BYTES] as const;
    if (!equalBytes(pieceHashes.subarray(...range), info.pieceHashes.subarray(...range))) {
      return false;
    }
  }
  if (pieceRoots === undefined) return true;
  const expected = expectedPieceRoot(info, pieceLayers, index);
  const root = pieceRoots.subarray(index * SHA256_BYTES, (index + 1) * SHA256_BYTES);
  return expected === undefined || equalBytes(root, expected);
}

/**
 * Lays the blame. A piece that could not be read is the fault of the files known to be faulty, where it has any; one of
 * wrong data may be the fault of each file in it.
 */
function findBadFiles(
  info: TorrentInfo,
  states: readonly FileState[],
  unread: Uint8Array,
  badPieces: readonly number[],
): BadFile[] {
  const { files, pieceLengthBytes } = info;
  const piecesOf = new Map<number, number[]>();
  for (const piece of badPieces) {
    const spans = fileSpans(files, piece * pieceLengthBytes, pieceLengthBytes);
    const known = spans.filter(({ fileIndex }) => states[fileIndex]?.finding !== undefined);
    const isKnown = unread[piece] === 1 && known.length > 0;
    for (const { fileIndex } of isKnown ? known : spans) {
      const pieces = piecesOf.get(fileIndex);
      if (pieces === undefined) piecesOf.set(fileIndex, [piece]);
      else pieces.push(piece);
    }
  }
  return files.flatMap((file, index) => {
    const bad = piecesOf.get(index) ?? [];
    const state = states[index];
    const fault = bad.some((piece) => unread[piece] === 1) ? 'unreadable' : 'wrong-data';
    const finding = state?.finding ?? (bad.length > 0 ? fault : undefined);
    if (finding === undefined) return [];
    const path = file.path.length === 0 ? info.name : file.path.join('/');
    return [
      {
        path,
        finding,
        expectedBytes: file.lengthBytes,
        actualBytes: state?.actualBytes,
        badPieces: bad,
      },
    ];
  });
}
