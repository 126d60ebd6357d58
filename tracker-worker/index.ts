import { env, waitUntil } from 'cloudflare:workers';
import { CatalogTokens } from './accounts/catalog-tokens.ts';
import { CatalogLists } from './catalog/catalog-lists.ts';
import { CatalogPublications } from './catalog/catalog-publications.ts';
import { requireConfig } from './config.ts';
import { createEdge } from './edge.ts';
import { SwarmShards } from './swarm/swarm-shards.ts';
import { CatalogEverseeds } from './webseed/catalog-everseeds.ts';

export { Catalog } from './catalog/catalog.ts';
export { SwarmShard } from './swarm/swarm-shard.ts';

// Here, and not in the first request: a wrong value fails the deployment, and the edge before it stays.
const config = requireConfig({ ...env });
const edge = createEdge({
  config,
  swarms: new SwarmShards(env.SWARM_SHARD, config, waitUntil),
  publications: new CatalogPublications(env.CATALOG),
  lists: new CatalogLists(env.CATALOG),
  tokens: new CatalogTokens(env.CATALOG),
  everseeds: new CatalogEverseeds(env.CATALOG),
  nowMs: () => Date.now(),
});

export default { fetch: (request: Request) => edge.fetch(request) } satisfies ExportedHandler;
