// How fast and how cheaply one torrent is uploaded over TCP, beside the other seeds. Linux only: processor time and
// memory are read from /proc.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeContentFile } from '../content-file.ts';
import { describeMachine } from '../describe-machine.ts';
import { parseOptions, usageOf } from '../options.ts';
import { median, ratioByRound, runRounds } from '../rounds.ts';
import { formatTable } from '../table.ts';
import { atLeast, atMost, type Verdict, verdictTable } from '../verdicts.ts';
import { measureSeeder, type Pass, type SeederFigures } from './measure-seeder.ts';
import { listSeeders, type Seeder } from './seeders.ts';

const TARGETS = { speedToLibtorrent: 1.5, cpuToLibtorrent: 0.6 } as const;
const PIECE_LENGTH_BYTES = 2 ** 20;
const PASSES = ['cold', 'one', 'eight'] as const;

type Results = ReadonlyMap<Seeder, readonly SeederFigures[]>;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), { gib: 1, rounds: 3 });
  using content = makeContentFile(options.sizeBytes, options.folder);
  const torrentPath = join(content.folder, 'content.torrent');
  const infoHash = makeTorrent(content.path, torrentPath);
  const { seeders, absent } = listSeeders({
    contentPath: content.path,
    folder: content.folder,
    torrentPath,
  });
  const torrent = {
    infoHash,
    sizeBytes: options.sizeBytes,
    pieceLengthBytes: PIECE_LENGTH_BYTES,
  };
  const failures = new Map<Seeder, string>();
  const runs = await runRounds(seeders, options.rounds, async (seeder) => {
    if (failures.has(seeder)) return [];
    process.stderr.write(`${seeder.name}\n`);
    try {
      return [await measureSeeder(seeder, torrent)];
    } catch (error) {
      failures.set(seeder, error instanceof Error ? error.message : String(error));
      return [];
    }
  });
  const finished = [...runs].filter(([seeder]) => !failures.has(seeder));
  const results: Results = new Map(finished.map(([seeder, rounds]) => [seeder, rounds.flat()]));
  const verdicts = judge(results);
  process.stdout.write(
    [
      `${options.sizeBytes / 2 ** 30} GiB over TCP on this machine, ${options.rounds} rounds; cold is the first download, over one connection`,
      figureTable(results, options.sizeBytes),
      ...absent.map((name) => `Not installed: ${name}`),
      ...[...failures].map(([{ name }, reason]) => `Not measured: ${name}: ${reason}`),
      'Targets',
      verdictTable(verdicts),
    ].join('\n'),
  );
  const figures = [...results].map(([{ name }, rounds]) => ({ name, rounds }));
  const { sizeBytes, rounds } = options;
  const report = { sizeBytes, rounds, machine: describeMachine(), figures, absent, verdicts };
  const json = JSON.stringify(report, null, 2);
  if (options.jsonPath === undefined) process.stdout.write(`${json}\n`);
  else writeFileSync(options.jsonPath, `${json}\n`);
  rmSync(torrentPath);
  process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1;
}

/** Makes the .torrent with our own program, and returns its info-hash in hex. */
function makeTorrent(contentPath: string, torrentPath: string): string {
  const launcher = fileURLToPath(new URL('../../../seed-node/bin.js', import.meta.url));
  const pieceLength = String(PIECE_LENGTH_BYTES);
  const args = ['create', contentPath, '-o', torrentPath, '--piece-length', pieceLength, '--json'];
  const said: unknown = JSON.parse(
    execFileSync(process.execPath, [launcher, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const infoHash: unknown =
    typeof said === 'object' && said !== null ? Reflect.get(said, 'infoHash') : undefined;
  if (typeof infoHash !== 'string') throw new Error('The .torrent could not be made');
  return infoHash;
}

function judge(results: Results): Verdict[] {
  const of = (name: string): readonly SeederFigures[] | undefined =>
    [...results].find(([seeder]) => seeder.name === name)?.[1];
  const [ours, theirs] = [of('ours'), of('libtorrent')];
  const ratio = (figure: (pass: Pass) => number, pass: 'one' | 'eight'): number | undefined =>
    ours &&
    theirs &&
    ratioByRound(
      ours.map((round) => figure(round[pass])),
      theirs.map((round) => figure(round[pass])),
    );
  return (['one', 'eight'] as const).flatMap((pass) => {
    const connections = pass === 'one' ? '1 connection' : '8 connections';
    return [
      atLeast(
        `${connections}, MB/s to libtorrent's`,
        ratio(({ seconds }) => 1 / seconds, pass),
        TARGETS.speedToLibtorrent,
      ),
      atMost(
        `${connections}, processor seconds to libtorrent's`,
        ratio(({ cpuSeconds }) => cpuSeconds, pass),
        TARGETS.cpuToLibtorrent,
      ),
    ];
  });
}

function figureTable(results: Results, sizeBytes: number): string {
  return formatTable(
    ['', ...PASSES.flatMap((pass) => [`${pass}, MB/s`, 'CPU-s/GB']), 'peak MB'],
    [...results].map(([{ name }, rounds]) =>
      [name].concat(
        PASSES.flatMap((pass) => [
          (sizeBytes / 1e6 / median(rounds.map((round) => round[pass].seconds))).toFixed(0),
          (median(rounds.map((round) => round[pass].cpuSeconds)) / (sizeBytes / 1e9)).toFixed(2),
        ]),
        (Math.max(...rounds.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0),
      ),
    ),
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\n${usageOf('bench:seed')}\n`,
  );
  process.exit(1);
}
