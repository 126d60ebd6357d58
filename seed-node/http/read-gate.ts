/**
 * Lets a number of reads run at one time; the others wait their turn.
 *
 * Invariant: `#running` is at most the number, and who waits does so only while it is reached.
 */
export class ReadGate {
  readonly #maxReads: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(maxReads: number) {
    this.#maxReads = maxReads;
  }

  /** Runs `read` when it is its turn. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    if (this.#running < this.#maxReads) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await read();
    } finally {
      // The place goes to the next one without being free in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
