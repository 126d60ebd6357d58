import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpRound, HttpRoundResult } from './load/http-load.ts';
import { type RowCount, type RowCounters, readRowCounters, rowsBetween } from './row-counters.ts';
import { Child } from './servers/child.ts';
import { loadEdgeWorker } from './servers/edge-worker.ts';
import { startWorkerd } from './servers/workerd-server.ts';

const QUIET_ANNOUNCES = 8;
const QUIET_GAP_SECONDS = 0.6;
const LOAD_SECONDS = 6;
const LOAD_CONNECTIONS = 32;
/** The edge shows figures that are up to ten seconds old. */
const METRICS_AGE_MS = 11_000;

/** Database rows that announces cost, by the edge's own count. `undefined` where it shows none. */
export interface RowFigures {
  readonly quiet: RowCount | undefined;
  readonly underLoad: RowCount | undefined;
  readonly failures: number;
  readonly firstFailure: string | undefined;
}

/** Counts rows while hardly anyone announces, when each announce is written by itself, and then under load. */
export async function runRowsSection(progress: (text: string) => void): Promise<RowFigures> {
  const server = await startWorkerd(await loadEdgeWorker());
  const load = Child.fork(new URL('load/http-load.ts', import.meta.url));
  try {
    await load.message();
    const run = async (connections: number, seconds: number): Promise<HttpRoundResult> => {
      const round: HttpRound = {
        name: 'rows',
        port: server.port,
        addressHeader: 'CF-Connecting-IP',
        bodyStart: 'd8:complete',
        connections,
        seconds,
      };
      return load.ask(round);
    };
    const results: HttpRoundResult[] = [];
    const begin = await readRowCounters(server.port);
    for (let announce = 0; announce < QUIET_ANNOUNCES; announce += 1) {
      // One connection for no time: it sends one announce.
      results.push(await run(1, 0));
      await sleep(QUIET_GAP_SECONDS * 1_000);
    }
    const afterQuiet = await readFreshCounters(server.port);
    progress('rows: counted when quiet');
    results.push(await run(LOAD_CONNECTIONS, LOAD_SECONDS));
    const afterLoad = await readFreshCounters(server.port);
    progress('rows: counted under load');
    return {
      quiet: rowsBetween(begin, afterQuiet),
      underLoad: rowsBetween(afterQuiet, afterLoad),
      failures: results.reduce((total, { failures }) => total + failures, 0),
      firstFailure: results.find(({ failures }) => failures > 0)?.firstFailure,
    };
  } finally {
    await Promise.all([load.stop(), server.stop()]);
  }
}

/** After all that was put off has been written, and nobody is told of figures from before. */
async function readFreshCounters(port: number): Promise<RowCounters | undefined> {
  await sleep(METRICS_AGE_MS);
  return readRowCounters(port);
}
