import type { IpAddress } from '../../../shared/endpoint.ts';
import type { InfoHash } from '../../../shared/info-hash.ts';
import { accept } from '../../../shared/result.ts';
import { NO_COUNTS, type SwarmCounts } from '../../../shared/scrape.ts';
import type { ClientAnnounces } from '../../../tracker-worker/swarm/announce-calls.ts';
import type { SwarmOutcome, SwarmReply } from '../../../tracker-worker/swarm/swarm-announce.ts';
import type { Swarms } from '../../../tracker-worker/swarm/swarm-shards.ts';

const EMPTY_REPLY: SwarmReply = {
  intervalSeconds: 1800,
  minIntervalSeconds: 900,
  seeders: 0,
  leechers: 1,
  downloads: 0,
  ipv4Peers: '',
  ipv6Peers: '',
  ipv4PeerIds: '',
  ipv6PeerIds: '',
};

/** Swarms that write down what they are asked and answer what they are told to. */
export class FakeSwarms implements Swarms {
  outcome: SwarmOutcome = accept(EMPTY_REPLY);
  /** Set: every call fails with it. */
  fault: Error | undefined;
  readonly announces: ClientAnnounces[] = [];
  readonly scrapes: (readonly InfoHash[] | number)[] = [];
  readonly sockets: { readonly prefix: string | undefined; readonly address: IpAddress }[] = [];

  async announce(announces: ClientAnnounces): Promise<SwarmOutcome> {
    this.announces.push(announces);
    return this.#answer(this.outcome);
  }

  async counts(infoHashes: readonly InfoHash[]): Promise<ReadonlyMap<InfoHash, SwarmCounts>> {
    this.scrapes.push(infoHashes);
    return this.#answer(new Map(infoHashes.map((infoHash) => [infoHash, NO_COUNTS])));
  }

  async allCounts(maxSwarms: number): Promise<ReadonlyMap<InfoHash, SwarmCounts>> {
    this.scrapes.push(maxSwarms);
    return this.#answer(new Map());
  }

  async connect(
    _request: Request,
    prefix: string | undefined,
    address: IpAddress,
  ): Promise<Response> {
    this.sockets.push({ prefix, address });
    return this.#answer(new Response('a socket'));
  }

  async watch(): Promise<Response> {
    return this.#answer(new Response('a socket'));
  }

  async stats(): Promise<never[]> {
    return [];
  }

  async refreshStanding(): Promise<void> {}

  /** How often any swarm was asked. */
  get calls(): number {
    return this.announces.length + this.scrapes.length + this.sockets.length;
  }

  #answer<T>(answer: T): T {
    if (this.fault !== undefined) throw this.fault;
    return answer;
  }
}
