import { Duplex } from 'node:stream';
import type { PayloadCiphers } from '../engine/encryption-handshake.ts';
import { returnSendBuffer, SEND_BUFFER_BYTES, takeSendBuffer } from './send-buffers.ts';

/**
 * The plain side of a stream on which all bytes are encrypted. It ends with the stream that carries it, and the other
 * way round.
 *
 * Invariant: what is written is encrypted into memory of its own, since the writer's is used again; what comes in is
 * decrypted where it is, since the carrier gives it away.
 */
export class EncryptedStream extends Duplex {
  readonly #carrier: Duplex;
  readonly #ciphers: PayloadCiphers;

  constructor(carrier: Duplex, ciphers: PayloadCiphers) {
    super({ allowHalfOpen: false });
    this.#carrier = carrier;
    this.#ciphers = ciphers;
    carrier.on('data', (bytes: Buffer) => {
      ciphers.decrypt.apply(bytes, bytes);
      if (!this.push(bytes)) carrier.pause();
    });
    carrier.on('end', () => this.push(null));
    // An error is always followed by `close`.
    carrier.on('error', () => {});
    carrier.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#carrier.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const fits = bytes.length <= SEND_BUFFER_BYTES;
    const buffer = fits ? takeSendBuffer() : Buffer.allocUnsafeSlow(bytes.length);
    this.#ciphers.encrypt.apply(bytes, buffer);
    this.#carrier.write(buffer.subarray(0, bytes.length), (error) => {
      if (fits) returnSendBuffer(buffer);
      done(error);
    });
  }

  override _final(done: () => void): void {
    this.#carrier.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#carrier.destroy();
    done(error);
  }
}
