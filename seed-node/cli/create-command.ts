import { basename, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { TORRENT_FORMATS, type TorrentFormat } from '../../shared/info-hash.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import { formatMagnet } from '../../shared/magnet.ts';
import { encodeMetainfo } from '../../shared/metainfo.ts';
import { recommendPieceLength } from '../../shared/pieces.ts';
import { checkMade } from '../publish/check-made.ts';
import { type MadeTorrent, makeTorrent } from '../publish/make-torrent.ts';
import { scanContent } from '../publish/scan-content.ts';
import { torrentWarnings } from '../publish/torrent-warnings.ts';
import { checkFree, writeNewFile } from '../publish/write-new-file.ts';
import { describeSkipped, printable } from './format.ts';
import { hashingProgress } from './hashing-progress.ts';
import {
  parseDate,
  parseGlob,
  parseLine,
  parsePieceLength,
  parseThreads,
  parseTracker,
  parseWebSeed,
} from './parse-option.ts';
import { exitWhenAborted, stopSignal } from './stop-signal.ts';

const HELP = `
Formats:
  v1      Every client and every browser. The default.
  hybrid  Both info-hashes in one file: two swarms. qBittorrent 4.4 and later (libtorrent 2) use both
          halves, most others the v1 half; each file of a folder is padded to whole pieces, and old
          clients download that padding as files. aria2 1.36 joins the wrong swarm, and Transmission
          3.00 cannot load it.
  v2      libtorrent 2 only (qBittorrent 4.4 and later), no browser. Equal files have equal hashes in
          all torrents, and a bad block is found at once.

The same files and options make the same bytes on every machine: no date or creator unless asked for.
Hidden files are content; what systems leave behind (.DS_Store, Thumbs.db, ._*, …) is left out.
A glob without a slash fits any name in the tree ("*.tmp"), one with a slash a path from its root
("build/**").

Examples:
  $ evertorrent create album --tracker https://tracker.example/announce
  $ evertorrent create film.mkv --format hybrid --web-seed https://cdn.example/film.mkv
  $ evertorrent create site -o - --exclude '.git' > site.torrent

Exit codes: 0 made, 1 failed, 2 wrong usage, 130 interrupted.
`;

interface CreateOptions {
  readonly output?: string;
  readonly format: TorrentFormat;
  readonly pieceLength?: number;
  readonly tracker?: readonly string[];
  readonly webSeed?: readonly string[];
  readonly private?: boolean;
  readonly source?: string;
  readonly comment?: string;
  readonly date?: number;
  readonly exclude?: readonly string[];
  readonly includeJunk?: boolean;
  readonly followSymlinks?: boolean;
  readonly threads?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `evertorrent create <path>`: makes a .torrent and touches nothing else. */
export function createCommand(): Command {
  return new Command('create')
    .description('Make a .torrent of a file or folder, and nothing else.')
    .argument('<path>', 'the file or folder')
    .option(
      '-o, --output <file>',
      'where to write it; "-" is stdout (default: <name>.torrent here)',
    )
    .addOption(
      new Option('--format <format>', 'who can load it; see below')
        .choices(TORRENT_FORMATS)
        .default('v1'),
    )
    .option(
      '--piece-length <size>',
      'a power of two from 16KiB (default: by size, at most 1,024 pieces up to 16MiB each)',
      parsePieceLength,
    )
    .option('--tracker <url>', 'announce URL; repeat for more, each a tier', parseTracker)
    .option('--web-seed <url>', 'HTTP or FTP copy (BEP 19); repeat for more', parseWebSeed)
    .option('--private', 'peers from the trackers only: no DHT, no exchange (BEP 27)')
    .option('--source <text>', 'makes another info-hash of the same files', parseLine)
    .option('--comment <text>', 'any text', parseLine)
    .option('--date <iso>', 'creation date, such as 2026-01-31 (default: none)', parseDate)
    .option('--exclude <glob>', 'leave out what fits; repeat for more', parseGlob)
    .option('--include-junk', 'take what operating systems leave in folders too')
    .option('--follow-symlinks', 'take what links lead to, inside the folder only')
    .option('--threads <count>', 'hashing threads (default: one a core, at most 8)', parseThreads)
    .option('--force', 'overwrite the output file')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', HELP)
    .action(create);
}

async function create(path: string, options: CreateOptions): Promise<void> {
  const stop = stopSignal();
  await exitWhenAborted(stop.signal, makeFile(path, options, stop.signal));
}

async function makeFile(path: string, options: CreateOptions, signal: AbortSignal): Promise<void> {
  const isPiped = options.output === '-';
  const given = options.output === undefined || isPiped ? undefined : resolve(options.output);
  const content = await scanContent(path, {
    excluded: options.exclude ?? [],
    includesJunk: options.includeJunk ?? false,
    followsLinks: options.followSymlinks ?? false,
    ignoredPath: given ?? resolve(`${nameOf(path)}.torrent`),
  });
  const output = given ?? resolve(`${content.name}.torrent`);
  // Before an hour of hashing, not after it.
  if (!isPiped && options.force !== true) checkFree(output);
  for (const skipped of content.skipped) {
    if (skipped.reason !== 'excluded') note(describeSkipped(skipped));
  }

  const progress = hashingProgress(content.name, content.sizeBytes, signal);
  const made = await makeTorrent(
    content,
    {
      format: options.format,
      pieceLengthBytes: options.pieceLength ?? recommendPieceLength(content.sizeBytes),
      isPrivate: options.private ?? false,
      source: options.source,
    },
    { threads: options.threads, usesThisThread: true, signal, onProgress: progress.update },
  ).finally(progress.clear);
  const metainfoBytes = encodeMetainfo(made.infoBytes, {
    trackers: (options.tracker ?? []).map((url) => [url]),
    webSeeds: options.webSeed ?? [],
    comment: options.comment,
    createdAtSeconds: options.date,
    pieceLayers: made.pieceLayers,
  });
  checkMade(content, metainfoBytes);
  const warnings = torrentWarnings(made.info, options.tracker?.length ?? 0);
  for (const warning of warnings) note(`warning: ${warning}`);
  if (isPiped) process.stdout.write(metainfoBytes);
  else await writeNewFile(output, metainfoBytes, { overwrites: options.force ?? false });
  const report = isPiped ? note : tell;
  const magnet = formatMagnet({
    hashes: made.hashes,
    name: content.name,
    trackers: options.tracker ?? [],
  });
  if (options.json === true) {
    report(JSON.stringify(describeMade(made, magnet, isPiped ? null : output, warnings)));
  } else {
    report(summary(made, magnet, isPiped ? 'stdout' : output));
  }
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function nameOf(path: string): string {
  return basename(resolve(path));
}

function describeMade(
  { info, hashes }: MadeTorrent,
  magnet: string,
  path: string | null,
  warnings: readonly string[],
): object {
  return {
    path,
    format: info.format,
    name: info.name,
    infoHash: hashes.v1 ?? null,
    infoHashV2: hashes.v2 ?? null,
    size: info.sizeBytes,
    files: info.files.length,
    pieceLength: info.pieceLengthBytes,
    pieces: Math.ceil(info.extentBytes / info.pieceLengthBytes),
    magnet,
    warnings,
  };
}

function summary({ info, hashes }: MadeTorrent, magnet: string, where: string): string {
  const files = info.files.length === 1 ? '1 file' : `${info.files.length} files`;
  const pieces = Math.ceil(info.extentBytes / info.pieceLengthBytes);
  return [
    `${printable(info.name)}  (${info.format}, ${formatBytes(info.sizeBytes)}, ${files}, ${pieces} × ${info.pieceLengthBytes / 1024} KiB)`,
    `  written  ${printable(where)}`,
    ...(hashes.v1 === undefined ? [] : [`  v1       ${hashes.v1}`]),
    ...(hashes.v2 === undefined ? [] : [`  v2       ${hashes.v2}`]),
    `  magnet   ${magnet}`,
  ].join('\n');
}
