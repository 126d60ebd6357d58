import { connect, type Socket } from 'node:net';
import { readHttpReply } from './read-http-reply.ts';

const MAX_REPLY_BYTES = 65_536;
const MAX_REQUEST_BYTES = 4_096;

export interface HttpConnectionInit {
  readonly port: number;
  /** Writes the next request; its length, or 0 to be done. */
  readonly writeRequest: (target: Buffer) => number;
  /** `fault`: what was wrong with the reply. */
  readonly onReply: (milliseconds: number, fault: string | undefined) => void;
  /** What a good reply's body begins with. */
  readonly bodyStart: Buffer;
}

/**
 * One keep-alive connection in lock-step: a request, its reply, the next request. Bytes go through two buffers that
 * are used again and again, because this process must cost less than the server that it measures.
 */
export class HttpConnection {
  /** Resolves after the last reply, rejects when the connection breaks. */
  readonly done: Promise<void>;
  readonly #init: HttpConnectionInit;
  readonly #request = Buffer.allocUnsafe(MAX_REQUEST_BYTES);
  readonly #held = Buffer.allocUnsafe(MAX_REPLY_BYTES);
  #heldBytes = 0;
  #sentAtMs = 0;
  #socket: Socket | undefined;

  constructor(init: HttpConnectionInit) {
    this.#init = init;
    this.done = new Promise((resolve, reject) => {
      const socket = connect({
        host: '127.0.0.1',
        port: init.port,
        noDelay: true,
        onread: {
          buffer: Buffer.allocUnsafe(MAX_REPLY_BYTES),
          callback: (count, chunk) => {
            try {
              this.#take(Buffer.from(chunk.buffer, chunk.byteOffset, count));
            } catch (error) {
              socket.destroy(error instanceof Error ? error : new Error(String(error)));
            }
            return true;
          },
        },
      });
      this.#socket = socket;
      socket.once('error', reject);
      // After `end()` as well: then it is the second to settle and changes nothing.
      socket.once('close', () => reject(new Error('The server closed a connection')));
      socket.once('connect', () => this.#send());
      this.#finish = () => {
        resolve();
        socket.destroy();
      };
    });
  }

  #finish: () => void = () => {};

  #send(): void {
    const length = this.#init.writeRequest(this.#request);
    if (length === 0) return this.#finish();
    this.#sentAtMs = performance.now();
    this.#socket?.write(this.#request.subarray(0, length));
  }

  #take(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#heldBytes > 0) {
      this.#hold(chunk);
      bytes = this.#held.subarray(0, this.#heldBytes);
    }
    const reply = readHttpReply(bytes);
    if (reply === undefined) {
      if (this.#heldBytes === 0) this.#hold(chunk);
      return;
    }
    this.#heldBytes = 0;
    this.#init.onReply(performance.now() - this.#sentAtMs, this.#faultOf(reply));
    this.#send();
  }

  #hold(chunk: Buffer): void {
    if (this.#heldBytes + chunk.length > MAX_REPLY_BYTES) throw new Error('A reply is too long');
    this.#heldBytes += chunk.copy(this.#held, this.#heldBytes);
  }

  #faultOf({
    status,
    body,
  }: {
    readonly status: number;
    readonly body: Buffer;
  }): string | undefined {
    const { bodyStart } = this.#init;
    const isGood =
      status === 200 &&
      body.length >= bodyStart.length &&
      bodyStart.compare(body, 0, bodyStart.length) === 0;
    return isGood ? undefined : `HTTP ${status}: ${body.toString('latin1', 0, 200)}`;
  }
}
