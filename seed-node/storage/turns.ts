/** Lets so many pieces of work run at a time; the others wait in order of arrival. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #left: number;

  constructor(atATime: number) {
    this.#left = atATime;
  }

  /** Runs `work` when its turn has come, and passes on what becomes of it. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#left > 0) this.#left -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#left += 1;
      else next();
    }
  }
}
