import type { BlockRequest } from '../wire/peer-message.ts';
import type { ValidBlockRequest } from './session-events.ts';

/** Cancelled ones that are swept out only together. */
const SWEPT_TOGETHER = 64;

/**
 * What a peer asked for and does not have yet, first come, first served.
 *
 * Invariant: nothing looks at the whole queue for each message, so that a flood of cancels keeps nobody waiting; what is
 * held is in proportion to the requests in the queue.
 */
export class RequestQueue {
  /** `undefined` stands where a request was cancelled. */
  #places: (ValidBlockRequest | undefined)[] = [];
  #length = 0;
  /** How many places were taken off the front: the first one has that number. */
  #firstPlace = 0;
  /** The numbers of equal requests' places; made for the first cancel, and kept until the queue is empty. */
  #placesOf: Map<string, number[]> | undefined;

  get length(): number {
    return this.#length;
  }

  push(request: ValidBlockRequest): void {
    this.#length += 1;
    const place = this.#firstPlace + this.#places.push(request) - 1;
    if (this.#placesOf !== undefined) addPlace(this.#placesOf, request, place);
  }

  /** Takes the oldest one. */
  shift(): ValidBlockRequest | undefined {
    if (this.#length === 0) return undefined;
    let request: ValidBlockRequest | undefined;
    while (request === undefined && this.#places.length > 0) {
      request = this.#places.shift();
      this.#firstPlace += 1;
    }
    if (request !== undefined) this.#forget(request, 'oldest');
    return request;
  }

  /** The one that is taken after `count` others, or one nearby where some were cancelled. */
  ahead(count: number): ValidBlockRequest | undefined {
    return this.#places[count];
  }

  /** Takes out the newest one that is equal. */
  cancel(request: BlockRequest): ValidBlockRequest | undefined {
    if (this.#length === 0) return undefined;
    this.#placesOf ??= this.#findPlaces();
    const place = (this.#placesOf.get(keyOf(request))?.at(-1) ?? -1) - this.#firstPlace;
    const cancelled = this.#places[place];
    if (cancelled === undefined) return undefined;
    this.#places[place] = undefined;
    this.#forget(cancelled, 'newest');
    if (this.#places.length > 2 * this.#length + SWEPT_TOGETHER) this.#sweep();
    return cancelled;
  }

  /** Empties the queue, and returns what was in it. */
  clear(): ValidBlockRequest[] {
    const all = this.#places.filter((request) => request !== undefined);
    this.#places = [];
    this.#length = 0;
    this.#firstPlace = 0;
    this.#placesOf = undefined;
    return all;
  }

  #forget(request: BlockRequest, which: 'oldest' | 'newest'): void {
    this.#length -= 1;
    if (this.#length === 0) {
      this.clear();
      return;
    }
    if (this.#placesOf === undefined) return;
    const key = keyOf(request);
    const places = this.#placesOf.get(key);
    if (which === 'oldest') places?.shift();
    else places?.pop();
    if (places?.length === 0) this.#placesOf.delete(key);
  }

  #sweep(): void {
    const left = this.clear();
    this.#places = left;
    this.#length = left.length;
  }

  #findPlaces(): Map<string, number[]> {
    const placesOf = new Map<string, number[]>();
    for (const [index, request] of this.#places.entries()) {
      if (request !== undefined) addPlace(placesOf, request, this.#firstPlace + index);
    }
    return placesOf;
  }
}

function addPlace(placesOf: Map<string, number[]>, request: BlockRequest, place: number): void {
  const key = keyOf(request);
  const places = placesOf.get(key);
  if (places === undefined) placesOf.set(key, [place]);
  else places.push(place);
}

function keyOf({ pieceIndex, beginBytes, lengthBytes }: BlockRequest): string {
  return `${pieceIndex} ${beginBytes} ${lengthBytes}`;
}
