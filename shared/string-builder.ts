/**
 * Builds one short string after another from UTF-16 code units, in a buffer that is used again: text that every
 * announce makes then leaves no garbage but itself.
 *
 * At most some 50,000 units a string: as many arguments as a call takes.
 */
export class StringBuilder {
  readonly #codes: number[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends a code unit, 0 to 65,535. */
  push(code: number): void {
    this.#codes[this.#length] = code;
    this.#length += 1;
  }

  /** Appends a word of 32 bits as two units, the upper half first. */
  pushWord(word: number): void {
    this.push(word >>> 16);
    this.push(word & 0xffff);
  }

  /** The string; the next one begins. */
  take(): string {
    if (this.#length === 0) return '';
    // Not a slice of it: that would be larger than the string.
    this.#codes.length = this.#length;
    this.#length = 0;
    return String.fromCharCode(...this.#codes);
  }
}
