import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { nameProblem } from '../../shared/file-path.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import type { TorrentInfo } from '../../shared/torrent-info.ts';
import { infoHashesOf } from '../hashing/info-hashes.ts';
import { type BadFile, type Verification, verifyContent } from '../verify/verify-content.ts';
import { printable } from './format.ts';
import { hashingProgress } from './hashing-progress.ts';
import { parseThreads } from './parse-option.ts';
import { readTorrent, UnreadableTorrent } from './read-torrent.ts';
import { exitWhenAborted, stopSignal } from './stop-signal.ts';

const EXIT_BAD_CONTENT = 3;
/** Runs of bad pieces that a person is shown of one file; `--json` has all. */
const MAX_SHOWN_RUNS = 20;

const HELP = `
<path> is the file or folder itself, or the folder that it was downloaded to. Every hash is checked: of a
hybrid both kinds. Files beside those of the torrent do not matter.

Examples:
  $ evertorrent verify album.torrent ~/Downloads
  $ evertorrent verify film.torrent film.mkv --json

Exit codes: 0 all is right, 1 failed, 2 wrong usage, 3 something is wrong, 130 interrupted.
`;

interface VerifyOptions {
  readonly threads?: number;
  readonly json?: boolean;
}

/** `evertorrent verify <torrent> <path>`: names each bad file and piece. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('Check files against a .torrent, and name each bad file and piece.')
    .argument('<torrent>', 'a .torrent file, or "-" for stdin')
    .argument('<path>', 'the content, or the folder that it is in')
    .option('--threads <count>', 'hashing threads (default: one a core, at most 8)', parseThreads)
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', HELP)
    .action(async (torrent: string, path: string, options: VerifyOptions) => {
      const stop = stopSignal();
      await exitWhenAborted(stop.signal, verify(torrent, path, options, stop.signal));
    });
}

async function verify(
  torrentPath: string,
  path: string,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<void> {
  const { metainfo, defects } = await readTorrent(torrentPath);
  const { info } = metainfo;
  for (const defect of defects) process.stderr.write(`warning: ${torrentPath}: ${defect}\n`);
  const rootPath = findContent(info, resolve(path));
  const progress = hashingProgress(info.name, info.sizeBytes, signal);
  const found = await verifyContent(metainfo, rootPath, {
    threads: options.threads,
    usesThisThread: true,
    signal,
    onProgress: progress.update,
  }).finally(progress.clear);
  if (found.badFiles.length > 0) process.exitCode = EXIT_BAD_CONTENT;
  if (options.json === true) {
    const hashes = infoHashesOf(metainfo.infoBytes, info.format);
    const report = {
      ok: found.badFiles.length === 0,
      infoHash: hashes.v1 ?? null,
      infoHashV2: hashes.v2 ?? null,
      path: rootPath,
      pieces: found.pieceCount,
      badPieces: found.badPieces,
      badFiles: found.badFiles.map((file) =>
        Object.assign({}, file, { actualBytes: file.actualBytes ?? null }),
      ),
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else {
    process.stdout.write(`${describe(info, rootPath, found)}\n`);
  }
}

/** The content itself, or the folder that it is in: whichever is there and of the right kind. */
function findContent(info: TorrentInfo, path: string): string {
  const kind = kindOf(path);
  if (kind === undefined) throw new UnreadableTorrent(`Cannot verify ${path}: nothing is there`);
  const inner = nameProblem(info.name) === undefined ? join(path, info.name) : undefined;
  const isInside = inner !== undefined && kindOf(inner) === (info.isFolder ? 'folder' : 'file');
  if (kind === 'folder' && isInside) return inner;
  if (kind === (info.isFolder ? 'folder' : 'file')) return path;
  const wanted = info.isFolder ? 'a folder' : `a file, or a folder with "${info.name}" in it`;
  throw new UnreadableTorrent(`Cannot verify ${path}: the torrent is of ${wanted}`);
}

function kindOf(path: string): 'file' | 'folder' | 'other' | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
}

function describe(info: TorrentInfo, rootPath: string, found: Verification): string {
  if (found.badFiles.length === 0) {
    const files = info.files.length === 1 ? '1 file' : `${info.files.length} files`;
    return `All right: ${files}, ${formatBytes(info.sizeBytes)}, ${found.pieceCount} pieces at ${printable(rootPath)}`;
  }
  const badFiles = `${found.badFiles.length} of ${info.files.length} files`;
  const badPieces = `${found.badPieces.length} of ${found.pieceCount} pieces`;
  return [
    ...found.badFiles.map(describeBadFile),
    `Wrong: ${badFiles}, ${badPieces} at ${printable(rootPath)}`,
  ].join('\n');
}

function describeBadFile({
  path,
  finding,
  expectedBytes,
  actualBytes,
  badPieces,
}: BadFile): string {
  const detail = {
    missing: 'missing',
    'not-a-file': 'not a file',
    'too-short': `too short, ${actualBytes} of ${expectedBytes} bytes`,
    'too-long': `too long, ${actualBytes} bytes where ${expectedBytes} belong`,
    unreadable: 'cannot be read',
    'wrong-data': 'wrong data',
    'unsafe-name': 'not looked at, its name leads out of the folder',
  }[finding];
  const pieces = badPieces.length === 0 ? '' : `: ${describePieces(badPieces)}`;
  return `${printable(path)}: ${detail}${pieces}`;
}

/** `piece 3`, `pieces 0, 4–9`. */
function describePieces(pieces: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    if (last !== undefined && piece === last[1] + 1) last[1] = piece;
    else runs.push([piece, piece]);
  }
  const shown = runs
    .slice(0, MAX_SHOWN_RUNS)
    .map(([first, last]) => (first === last ? String(first) : `${first}–${last}`))
    .join(', ');
  const more = runs.length > MAX_SHOWN_RUNS ? ', …' : '';
  return `${pieces.length === 1 ? 'piece' : 'pieces'} ${shown}${more}`;
}
