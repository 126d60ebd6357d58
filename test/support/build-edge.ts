import { loadEdgeBundle } from '../../seed-node/edge/edge-bundle.ts';

/** Builds the edge and the browser's modules where they are old, before tests start edges that would each do so at once. */
export async function setup(): Promise<void> {
  await loadEdgeBundle();
}
