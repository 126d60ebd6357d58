import type { Config } from '../config.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import type { AnnounceGate } from './sender.ts';

/** What every request to the tracker is answered with. */
export interface TrackerContext extends AnnounceGate {
  readonly config: Config;
  readonly swarms: Swarms;
}

/** What an answer needs of a request, read from it once: a Worker's request makes each of them anew when it is asked. */
export interface TrackerRequest {
  readonly url: string;
  readonly headers: Headers;
}
