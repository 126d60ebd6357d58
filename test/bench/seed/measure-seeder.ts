import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { cpuSecondsOf, end, peakBytesOf } from './measured-process.ts';
import type { BenchedTorrent } from './section.ts';
import type { Seeder } from './seeders.ts';

/** One download of everything takes no longer, or hangs. */
const TIMEOUT_MS = 60_000;

/** The downloads of a round, one after another: over how many connections each. */
const PASSES = [1, 1, 8] as const;

export interface Pass {
  readonly seconds: number;
  /** Processor seconds of the seeder alone. */
  readonly cpuSeconds: number;
}

export interface SeederFigures {
  /** The first download since the start, with whatever the seeder verifies at first. */
  readonly cold: Pass;
  readonly one: Pass;
  readonly eight: Pass;
  readonly peakBytes: number;
}

/** Starts a seeder, has everything downloaded three times, and stops it. Throws where it does not serve. */
export async function measureSeeder(
  seeder: Seeder,
  torrent: Pick<BenchedTorrent, 'infoHash' | 'sizeBytes' | 'pieceLengthBytes'>,
): Promise<SeederFigures> {
  const port = await freePort();
  const child = spawn(seeder.command, seeder.args(port), { stdio: 'ignore' });
  try {
    const passes = PASSES.map((connections): Pass => {
      const leech = fileURLToPath(new URL('leech.ts', import.meta.url));
      const args = [port, torrent.infoHash, torrent.sizeBytes, torrent.pieceLengthBytes];
      // Whoever is still verifying is waited for, and not measured meanwhile.
      leechOnce([leech, 'wait', ...args, 1]);
      const beforeSeconds = cpuSecondsOf(child);
      const { seconds } = leechOnce([leech, 'download', ...args, connections]);
      return { seconds, cpuSeconds: cpuSecondsOf(child) - beforeSeconds };
    });
    const [cold, one, eight] = passes;
    if (cold === undefined || one === undefined || eight === undefined) throw new Error('No pass');
    return { cold, one, eight, peakBytes: peakBytesOf(child) };
  } finally {
    await end(child);
  }
}

function leechOnce(args: readonly (string | number)[]): { readonly seconds: number } {
  const output = execFileSync(process.execPath, args.map(String), {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: unknown = JSON.parse(output);
  const seconds: unknown =
    typeof said === 'object' && said !== null ? Reflect.get(said, 'seconds') : undefined;
  if (typeof seconds !== 'number') throw new Error(`The leecher said ${output}`);
  return { seconds };
}
