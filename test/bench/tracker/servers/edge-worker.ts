import { type EdgeBundle, loadEdgeBundle } from '../../../../seed-node/edge/edge-bundle.ts';
import type { BenchWorker } from './bench-worker.ts';

/**
 * Over the vars of wrangler.toml. Limits per address and per socket are raised to where thousands of clients from
 * one machine pass under them; all others are as they are deployed. A var that the edge does not know is passed over.
 */
export const BENCH_VARS: Readonly<Record<string, string>> = {
  TRACKER_MODE: 'open',
  PUBLISHER_TOKEN: 'a-token-for-the-bench',
  MAX_PEERS_PER_ADDRESS: '1000',
  MAX_REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000',
  MAX_SOCKETS_PER_ADDRESS: '32768',
  MAX_SOCKET_MESSAGES_PER_SECOND: '10000',
};

/** The production bundle, bound as wrangler.toml says. */
export async function loadEdgeWorker(): Promise<BenchWorker> {
  const { script, workerOptions } = await loadEdgeBundle();
  return {
    script,
    compatibilityDate: String(workerOptions['compatibilityDate']),
    compatibilityFlags: textsOf(workerOptions['compatibilityFlags']),
    vars: { ...textEntriesOf(workerOptions['bindings']), ...BENCH_VARS },
    durableObjects: classNamesOf(workerOptions),
  };
}

function classNamesOf(workerOptions: EdgeBundle['workerOptions']): Record<string, string> {
  const bindings = entriesOf(workerOptions['durableObjects']);
  return Object.fromEntries(
    bindings.map(([name, binding]) => {
      const className: unknown = Object.fromEntries(entriesOf(binding))['className'];
      if (typeof className !== 'string') throw new Error(`${name} is bound to no class`);
      return [name, className];
    }),
  );
}

function textEntriesOf(value: unknown): Record<string, string> {
  return Object.fromEntries(entriesOf(value).map(([name, text]) => [name, String(text)]));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
