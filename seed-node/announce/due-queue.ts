interface Waiting<T> {
  readonly value: T;
  readonly dueAtMs: number;
  readonly order: number;
}

/**
 * Values by the time that they are due, the earliest first; what is due at the same time keeps its order. A binary
 * heap: `push` and `pop` cost the logarithm of how many wait, so that a hundred thousand cost nothing while they wait.
 */
export class DueQueue<T> {
  readonly #heap: Waiting<T>[] = [];
  #pushed = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the first is due; never where nothing waits. */
  get dueAtMs(): number {
    return this.#heap[0]?.dueAtMs ?? Number.POSITIVE_INFINITY;
  }

  push(value: T, dueAtMs: number): void {
    const waiting = { value, dueAtMs, order: this.#pushed };
    this.#pushed += 1;
    let index = this.#heap.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || !isBefore(waiting, parent)) break;
      this.#heap[index] = parent;
      index = parentIndex;
    }
    this.#heap[index] = waiting;
  }

  /** Takes the first, due or not. */
  pop(): T | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first?.value;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  /** Puts what was last in the first one's place, and down from there. */
  #sink(moved: Waiting<T>): void {
    let index = 0;
    for (;;) {
      const left = this.#heap[index * 2 + 1];
      if (left === undefined) break;
      const right = this.#heap[index * 2 + 2];
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, moved)) break;
      this.#heap[index] = child;
      index = index * 2 + (isRight ? 2 : 1);
    }
    this.#heap[index] = moved;
  }
}

function isBefore<T>(a: Waiting<T>, b: Waiting<T>): boolean {
  return a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.order < b.order);
}
