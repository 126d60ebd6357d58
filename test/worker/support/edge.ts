import { env, exports, waitUntil } from 'cloudflare:workers';
import { CatalogTokens } from '../../../tracker-worker/accounts/catalog-tokens.ts';
import { CatalogLists } from '../../../tracker-worker/catalog/catalog-lists.ts';
import { CatalogPublications } from '../../../tracker-worker/catalog/catalog-publications.ts';
import { type Config, requireConfig } from '../../../tracker-worker/config.ts';
import { createEdge } from '../../../tracker-worker/edge.ts';
import { SwarmShards } from '../../../tracker-worker/swarm/swarm-shards.ts';
import { CatalogEverseeds } from '../../../tracker-worker/webseed/catalog-everseeds.ts';

export const ORIGIN = 'https://edge.example';
const PUBLISHER_TOKEN = 'a-publisher-token';
export const AUTHORIZED = { authorization: `Bearer ${PUBLISHER_TOKEN}` };

/** A request to the whole Worker, as a client at 192.0.2.1 sends it. */
export async function fetchEdge(
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {},
): Promise<Response> {
  const headers = { 'cf-connecting-ip': '192.0.2.1', ...init.headers };
  return exports.default.fetch(
    new Request(`${ORIGIN}${path}`, { redirect: 'manual', ...init, headers }),
  );
}

/** The edge of the real bindings, but for the settings named and the clock. */
export function edgeWithSettings(
  settings: Partial<Config>,
  nowMs: () => number = () => Date.now(),
): { fetch(path: string, init?: RequestInit): Promise<Response> } {
  const config = { ...requireConfig({ ...env }), ...settings };
  const edge = createEdge({
    config,
    swarms: new SwarmShards(env.SWARM_SHARD, config, waitUntil),
    publications: new CatalogPublications(env.CATALOG),
    lists: new CatalogLists(env.CATALOG),
    tokens: new CatalogTokens(env.CATALOG),
    everseeds: new CatalogEverseeds(env.CATALOG),
    nowMs,
  });
  return { fetch: async (path, init) => edge.fetch(new Request(new URL(path, ORIGIN), init)) };
}

export async function publish(torrent: Uint8Array): Promise<Response> {
  return fetchEdge('/api/torrents', { method: 'POST', headers: AUTHORIZED, body: torrent });
}
