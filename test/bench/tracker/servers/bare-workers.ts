import { readFile } from 'node:fs/promises';
import type { BenchWorker } from './bench-worker.ts';

/** As many objects as the edge has shards. */
const BARE_OBJECTS = 4;

/**
 * The least that a Worker can do for the same clients, on the edge's own compatibility date: `ok` answers, `rpc`
 * asks an object first, `relay` passes WebSocket messages on.
 */
export async function loadBareWorker(
  name: 'ok' | 'rpc' | 'relay',
  edge: Pick<BenchWorker, 'compatibilityDate' | 'compatibilityFlags'>,
): Promise<BenchWorker> {
  return {
    script: await readFile(new URL(`../bare/${name}.js`, import.meta.url), 'utf8'),
    compatibilityDate: edge.compatibilityDate,
    compatibilityFlags: edge.compatibilityFlags,
    vars: { OBJECTS: String(BARE_OBJECTS) },
    durableObjects: name === 'ok' ? {} : { PEERS: name === 'rpc' ? 'Peers' : 'Relay' },
  };
}
