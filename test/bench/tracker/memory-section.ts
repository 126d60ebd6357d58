import type { MemoryFigures, MemoryStart } from './load/memory-fill.ts';
import { Child } from './servers/child.ts';

const START: MemoryStart = { peers: 1_000_000, shards: 4 };

/** Bytes that the swarm code keeps for a peer, by Node's own count of a process that holds a million. */
export async function runMemorySection(): Promise<MemoryFigures> {
  const child = Child.fork(new URL('load/memory-fill.ts', import.meta.url), {
    execArgv: ['--expose-gc'],
  });
  try {
    return await child.ask<MemoryFigures>(START);
  } finally {
    await child.stop();
  }
}
