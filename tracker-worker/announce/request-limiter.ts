import { wordAt } from '../../shared/bytes.ts';
import { type IpAddress, isIpv4 } from '../../shared/endpoint.ts';
import { finishHash, mixHash } from '../swarm/hash.ts';

export interface RequestLimits {
  readonly maxRequestsPerMinutePerAddress: number;
  readonly maxTrackedAddresses: number;
}

const WINDOW_MS = 60_000;
const CELLS_PER_ADDRESS = 2;
/** Turns the hash of a source into another one, for its second cell. */
const SECOND = 0x5bd1e995;

/**
 * Counts each source's requests in the current minute of the clock: an IPv4 address or an IPv6 /64.
 *
 * Invariants: memory is what it is from the start on, and leaves no garbage. Each source is counted in two cells, and
 * the lower one is believed (a count-min sketch with conservative updates): a count is never too low, so that nobody
 * gets round the limit by sending from many addresses; and too high only where both cells are another's too, which
 * `maxTrackedAddresses` sources in a minute hardly ever make it. The hash changes with every minute, so that nobody
 * can aim at a cell.
 */
export class RequestLimiter {
  readonly #maxRequests: number;
  readonly #cells: Uint32Array;
  #window = Number.NEGATIVE_INFINITY;
  #seed = 0;

  constructor(limits: RequestLimits) {
    this.#maxRequests = limits.maxRequestsPerMinutePerAddress;
    const cells = limits.maxTrackedAddresses * CELLS_PER_ADDRESS;
    this.#cells = new Uint32Array(2 ** Math.ceil(Math.log2(cells)));
  }

  /** Counts a request; `false` where its source has had its share of this minute. */
  admit(address: IpAddress, nowMs: number): boolean {
    const window = Math.floor(nowMs / WINDOW_MS);
    if (window !== this.#window) this.#begin(window);
    const cells = this.#cells;
    const hash = sourceHash(this.#seed, address);
    const first = hash & (cells.length - 1);
    const second = finishHash(hash ^ SECOND) & (cells.length - 1);
    const inFirst = cells[first] ?? 0;
    const inSecond = cells[second] ?? 0;
    const count = Math.min(inFirst, inSecond) + 1;
    if (inFirst < count) cells[first] = count;
    if (inSecond < count) cells[second] = count;
    return count <= this.#maxRequests;
  }

  get bytes(): number {
    return this.#cells.byteLength;
  }

  #begin(window: number): void {
    this.#window = window;
    this.#cells.fill(0);
    // Not when it is made: a Worker has no randomness before its first request.
    this.#seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
  }
}

function sourceHash(seed: number, address: IpAddress): number {
  const first = mixHash(seed, wordAt(address, 0));
  return finishHash(isIpv4(address) ? first : mixHash(first, wordAt(address, 4)));
}
