const STATES = 256;

/**
 * RC4: the cipher of encrypted peer connections, which hides what they are from networks and keeps no secret. Here
 * because OpenSSL 3 has put it away.
 */
export class Rc4 {
  /** Words though they hold bytes: reading them takes a quarter less time. */
  readonly #state = Uint32Array.from({ length: STATES }, (_, index) => index);
  #i = 0;
  #j = 0;

  constructor(key: Uint8Array) {
    const state = this.#state;
    let j = 0;
    for (let i = 0; i < STATES; i += 1) {
      const a = state[i] ?? 0;
      j = (j + a + (key[i % key.length] ?? 0)) & 0xff;
      state[i] = state[j] ?? 0;
      state[j] = a;
    }
  }

  /** Encrypts, or decrypts, the next bytes of the stream into `target`, which may be the source itself. */
  apply(source: Uint8Array, target: Uint8Array): void {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let at = 0; at < source.length; at += 1) {
      i = (i + 1) & 0xff;
      const a = state[i] ?? 0;
      j = (j + a) & 0xff;
      const b = state[j] ?? 0;
      state[i] = b;
      state[j] = a;
      target[at] = (source[at] ?? 0) ^ (state[(a + b) & 0xff] ?? 0);
    }
    this.#i = i;
    this.#j = j;
  }

  /** Throws the next bytes of the key stream away. */
  skip(lengthBytes: number): void {
    const skipped = new Uint8Array(lengthBytes);
    this.apply(skipped, skipped);
  }
}
