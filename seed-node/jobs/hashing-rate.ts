/** Over so much time a rate is taken: long enough not to jump, short enough to show what is now. */
const WINDOW_MS = 5_000;

/** How fast something grows, from what it was at several moments. */
export class HashingRate {
  /** The oldest first, the first one at most a little older than the window. */
  readonly #samples: { readonly atMs: number; readonly bytes: number }[] = [];

  add(bytes: number, atMs: number): void {
    this.#samples.push({ atMs, bytes });
    while ((this.#samples[1]?.atMs ?? atMs) <= atMs - WINDOW_MS) this.#samples.shift();
  }

  get bytes(): number {
    return this.#samples.at(-1)?.bytes ?? 0;
  }

  /** Undefined until two moments are known. */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
    return Math.round(((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs));
  }
}
