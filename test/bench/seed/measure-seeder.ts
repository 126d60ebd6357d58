import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { cpuSecondsOf, end, kernelSecondsOf, peakBytesOf } from './measured-process.ts';
import type { BenchedTorrent } from './section.ts';
import { PYTHON, type Seeder } from './seeders.ts';

/** One download of everything takes no longer, or hangs. */
const TIMEOUT_MS = 60_000;

/**
 * The passes of a round, one after another: over how many connections, and how often everything is downloaded. Half a
 * second at full speed would tell of a program's first steps, not of one that goes on seeding.
 */
const PASSES = [
  { connections: 1, downloads: 1 },
  { connections: 1, downloads: 4 },
  { connections: 8, downloads: 4 },
] as const;

/** What one download of everything took: the mean of those of a pass. */
export interface Pass {
  readonly seconds: number;
  /** Processor seconds of the seeder alone. */
  readonly cpuSeconds: number;
  /** Those of them that it spent in the kernel. */
  readonly kernelSeconds: number;
  /** Processor seconds of the leecher. */
  readonly leecherSeconds: number;
}

export interface SeederFigures {
  /** The first download since the start, with whatever the seeder verifies at first. */
  readonly cold: Pass;
  readonly one: Pass;
  readonly eight: Pass;
  readonly peakBytes: number;
}

/** Starts a seeder, has everything downloaded in three passes, and stops it. Throws where it does not serve. */
export async function measureSeeder(
  seeder: Seeder,
  torrent: Pick<BenchedTorrent, 'infoHash' | 'sizeBytes' | 'pieceLengthBytes'>,
): Promise<SeederFigures> {
  const port = await freePort();
  const child = spawn(seeder.command, seeder.args(port), { stdio: 'ignore' });
  try {
    const passes = PASSES.map(({ connections, downloads }): Pass => {
      const { infoHash, sizeBytes, pieceLengthBytes } = torrent;
      const leech = (mode: 'wait' | 'download'): string =>
        runLeecher([mode, port, infoHash, sizeBytes, pieceLengthBytes, connections]);
      // Whoever is still verifying is waited for, and not measured meanwhile.
      leech('wait');
      const [cpuBefore, kernelBefore] = [cpuSecondsOf(child), kernelSecondsOf(child)];
      const reports = Array.from({ length: downloads }, () => parseReport(leech('download')));
      return {
        seconds: mean(reports.map(({ seconds }) => seconds)),
        cpuSeconds: (cpuSecondsOf(child) - cpuBefore) / downloads,
        kernelSeconds: (kernelSecondsOf(child) - kernelBefore) / downloads,
        leecherSeconds: mean(reports.map(({ cpuSeconds }) => cpuSeconds)),
      };
    });
    const [cold, one, eight] = passes;
    if (cold === undefined || one === undefined || eight === undefined) throw new Error('No pass');
    return { cold, one, eight, peakBytes: peakBytesOf(child) };
  } finally {
    await end(child);
  }
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function runLeecher(args: readonly (string | number)[]): string {
  const program = fileURLToPath(new URL('leech.py', import.meta.url));
  return execFileSync(PYTHON, [program, ...args.map(String)], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function parseReport(text: string): Record<'seconds' | 'cpuSeconds', number> {
  const said: unknown = JSON.parse(text);
  const numberOf = (key: string): number => {
    const value: unknown =
      typeof said === 'object' && said !== null ? Reflect.get(said, key) : undefined;
    if (typeof value !== 'number') throw new Error(`The leecher said ${text}`);
    return value;
  };
  return { seconds: numberOf('seconds'), cpuSeconds: numberOf('cpuSeconds') };
}
