import { loadEdgeBundle } from '../../seed-node/edge/edge-bundle.ts';

/** Builds the edge and the browser's modules once, before tests start edges that would each do it at the same time. */
export async function setup(): Promise<void> {
  await loadEdgeBundle();
}
