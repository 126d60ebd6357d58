import type * as entry from './index.ts';
import type { Catalog } from './catalog/catalog.ts';
import type { SwarmShard } from './swarm/swarm-shard.ts';

/** The bindings of wrangler.toml. The vars are unproven: `parseConfig` reads them. */
export interface EdgeEnv {
  readonly SWARM_SHARD: DurableObjectNamespace<SwarmShard>;
  readonly CATALOG: DurableObjectNamespace<Catalog>;
}

declare global {
  namespace Cloudflare {
    interface Env extends EdgeEnv {}
    interface GlobalProps {
      mainModule: typeof entry;
    }
  }
}
