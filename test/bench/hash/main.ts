// How fast .torrents are made, from the start of the program to its end, beside the other makers. Linux only: memory
// is read from /proc.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describeMachine } from '../describe-machine.ts';
import { describeTorrentFile } from './describe-torrent-file.ts';
import { formatTable } from '../table.ts';
import { atMost, type Verdict, verdictTable } from '../verdicts.ts';
import { median, ratioByRound, runRounds } from '../rounds.ts';
import { makeContentFile } from '../content-file.ts';
import { type Contender, listContenders } from './contenders.ts';
import { measureProgram, type ProgramFigures } from './measure-program.ts';
import { parseOptions, usageOf } from '../options.ts';

const TARGETS = { v1ToMktorrent: 1.05, toLibtorrent: 1, peakBytes: 256 * 2 ** 20 } as const;

interface Figures extends Contender {
  readonly seconds: readonly number[];
  readonly medianSeconds: number;
  readonly bestSeconds: number;
  readonly bytesPerSecond: number;
  readonly peakBytes: number;
  readonly infoHashes: string;
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), { gib: 4, rounds: 5 });
  using content = makeContentFile(options.sizeBytes, options.folder);
  const { contenders, absent } = listContenders(content.path, content.folder);
  const results = await runRounds(contenders, options.rounds, (contender) => {
    process.stderr.write(`${contender.name}\n`);
    // Some overwrite nothing.
    rmSync(contender.output, { force: true });
    return measureProgram(contender.command, contender.args);
  });
  const figures = contenders.map((contender) =>
    summarize(contender, results.get(contender) ?? [], options.sizeBytes),
  );
  const verdicts = judge(figures);
  process.stdout.write(
    [
      `${options.sizeBytes / 2 ** 30} GiB, pieces of 1 MiB, ${options.rounds} rounds, whole programs`,
      figureTable(figures),
      ...absent.map((name) => `Not installed: ${name}`),
      'Targets',
      verdictTable(verdicts),
    ].join('\n'),
  );
  const machine = describeMachine();
  const { sizeBytes, rounds } = options;
  const json = JSON.stringify({ sizeBytes, rounds, machine, figures, absent, verdicts }, null, 2);
  if (options.jsonPath === undefined) process.stdout.write(`${json}\n`);
  else writeFileSync(options.jsonPath, `${json}\n`);
  process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1;
}

function summarize(
  contender: Contender,
  runs: readonly ProgramFigures[],
  sizeBytes: number,
): Figures {
  const seconds = runs.map((run) => run.seconds);
  const medianSeconds = median(seconds);
  return {
    ...contender,
    seconds,
    medianSeconds,
    bestSeconds: Math.min(...seconds),
    bytesPerSecond: sizeBytes / medianSeconds,
    peakBytes: Math.max(...runs.map((run) => run.peakBytes)),
    infoHashes: describeTorrentFile(readFileSync(contender.output)),
  };
}

function judge(figures: readonly Figures[]): Verdict[] {
  const ours = figures.filter(({ maker }) => maker === 'ours');
  const ratio = (our: Figures, other: Figures | undefined): number | undefined =>
    other && ratioByRound(our.seconds, other.seconds);
  const verdicts: Verdict[] = [];
  const mostThreads = Math.max(...ours.map(({ threads }) => threads));
  for (const our of ours) {
    // libtorrent chooses its threads itself, and so do we where nobody does.
    if (our.format !== 'v1' && our.threads !== mostThreads) continue;
    const other = figures.find(
      ({ maker, format, threads }) =>
        format === our.format &&
        (format === 'v1'
          ? maker === 'mktorrent' && threads === our.threads
          : maker === 'libtorrent'),
    );
    const limit = our.format === 'v1' ? TARGETS.v1ToMktorrent : TARGETS.toLibtorrent;
    const otherName = our.format === 'v1' ? 'mktorrent' : 'libtorrent';
    verdicts.push(atMost(`${our.name}, seconds to ${otherName}'s`, ratio(our, other), limit));
  }
  const peak = Math.max(...ours.map(({ peakBytes }) => peakBytes));
  verdicts.push(atMost('our most memory, bytes', peak, TARGETS.peakBytes));
  for (const format of ['v1', 'hybrid', 'v2'] as const) {
    const hashes = figures.filter((one) => one.format === format).map((one) => one.infoHashes);
    const different = new Set(hashes).size;
    verdicts.push(atMost(`different info-hashes of ${format}`, different, 1));
  }
  return verdicts;
}

function figureTable(figures: readonly Figures[]): string {
  return formatTable(
    ['', 'median s', 'best s', 'MB/s', 'peak MB'],
    figures.map((one) => [
      one.name,
      one.medianSeconds.toFixed(2),
      one.bestSeconds.toFixed(2),
      (one.bytesPerSecond / 1e6).toFixed(0),
      (one.peakBytes / 1e6).toFixed(0),
    ]),
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\n${usageOf('bench:hash')}\n`,
  );
  process.exit(1);
}
