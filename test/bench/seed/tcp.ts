import { formatTable } from '../table.ts';
import { median, ratioByRound, runRounds } from '../rounds.ts';
import { atLeast, atMost, type Verdict } from '../verdicts.ts';
import { measureSeeder, type Pass, type SeederFigures } from './measure-seeder.ts';
import type { BenchedTorrent, Section } from './section.ts';
import { listSeeders, type Seeder } from './seeders.ts';

const TARGETS = { speedToLibtorrent: 1.5, cpuToLibtorrent: 0.6 } as const;
const PASSES = ['cold', 'one', 'eight'] as const;

type Results = ReadonlyMap<Seeder, readonly SeederFigures[]>;

/** Uploads over TCP, ours beside the other seeds'. */
export async function benchTcp(torrent: BenchedTorrent, rounds: number): Promise<Section> {
  const { seeders, absent } = listSeeders(torrent);
  const failures = new Map<Seeder, string>();
  const runs = await runRounds(seeders, rounds, async (seeder) => {
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
  const results: Results = new Map(finished.map(([seeder, measured]) => [seeder, measured.flat()]));
  return {
    title:
      'Over TCP; cold is the first download, over one connection, the others are means of four; in brackets what the ' +
      'kernel takes',
    table: figureTable(results, torrent.sizeBytes),
    notes: [
      leecherNote(results, torrent.sizeBytes),
      ...absent.map((name) => `Not installed: ${name}`),
      ...[...failures].map(([{ name }, reason]) => `Not measured: ${name}: ${reason}`),
    ],
    figures: [...results].map(([{ name }, measured]) => ({ name, rounds: measured })),
    verdicts: judge(results),
  };
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
          cpuCell(
            rounds.map((round) => round[pass]),
            sizeBytes,
          ),
        ]),
        (Math.max(...rounds.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0),
      ),
    ),
  );
}

function cpuCell(passes: readonly Pass[], sizeBytes: number): string {
  const [whole, kernel] = [
    passes.map(({ cpuSeconds }) => cpuSeconds),
    passes.map(({ kernelSeconds }) => kernelSeconds),
  ].map((seconds) => (median(seconds) / (sizeBytes / 1e9)).toFixed(2));
  return `${whole} (${kernel})`;
}

/** Whether it is the seed that was measured. */
function leecherNote(results: Results, sizeBytes: number): string {
  const passes = [...results.values()].flat().flatMap(({ one, eight }) => [one, eight]);
  const spent = median(passes.map(({ leecherSeconds }) => leecherSeconds)) / (sizeBytes / 1e9);
  return `The leecher took ${spent.toFixed(2)} CPU-s/GB`;
}
