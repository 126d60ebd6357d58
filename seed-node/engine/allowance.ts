/**
 * Messages that a peer may send at once, beyond a `have` for each piece: what it asks for in vain while chokes cross
 * its requests, and room for whatever else clients say.
 */
export const ALLOWED_MESSAGES = 12_000;
/** And each second from then on. */
export const ALLOWED_PER_SECOND = 100;
/** Longer messages count as several. */
const BYTES_PER_MESSAGE = 1024;

/** What a message of that length takes of the allowance. */
export function messageCost(lengthBytes: number): number {
  return 1 + Math.floor(lengthBytes / BYTES_PER_MESSAGE);
}

/**
 * How many messages a peer may still send before it is a flood. Blocks that it takes earn it more: a fast line asks
 * for a hundred thousand a second.
 */
export class Allowance {
  #left = ALLOWED_MESSAGES;
  /** Where it stops to grow. */
  #most = ALLOWED_MESSAGES;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** False where it is used up. */
  spend(messages: number, nowMs: number): boolean {
    const earned = ((nowMs - this.#atMs) * ALLOWED_PER_SECOND) / 1_000;
    this.#left = Math.min(this.#most, this.#left + Math.max(0, earned));
    this.#atMs = nowMs;
    this.#left -= messages;
    return this.#left >= 0;
  }

  earn(messages: number): void {
    this.#left = Math.min(this.#most, this.#left + messages);
  }

  /** Lets it grow by that much more, and gives it. */
  extend(messages: number): void {
    this.#most += messages;
    this.#left += messages;
  }
}
