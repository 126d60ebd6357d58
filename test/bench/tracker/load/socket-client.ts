import { connect, type Socket } from 'node:net';
import { ServerFrames } from './server-frames.ts';
import { readServerMessage, type ServerMessage, type SignallingTexts } from './signalling-texts.ts';

const READ_BUFFER_BYTES = 262_144;
const HEAD_END = '\r\n\r\n';

/** What all clients of a round have sent and received so far. */
export interface SocketCounts {
  announces: number;
  replies: number;
  offers: number;
  answersSent: number;
  /** Answers that came back to who made the offer: each is an established pair. */
  answersReceived: number;
  failures: number;
}

export interface SocketClientInit {
  readonly port: number;
  readonly path: string;
  readonly address: string;
  readonly texts: SignallingTexts;
  readonly counts: SocketCounts;
  readonly onReply: (milliseconds: number) => void;
  readonly onFailure: (text: string) => void;
}

/** A WebTorrent client in lock-step: it announces again as soon as it has its reply, and answers every offer. */
export class SocketClient {
  /** Resolves with the reply to the first announce. */
  readonly joined: Promise<void>;
  readonly #init: SocketClientInit;
  readonly #frames = new ServerFrames();
  #socket: Socket | undefined;
  #isOpen = false;
  #announcedAtMs = 0;
  #onJoined: () => void = () => {};

  constructor(init: SocketClientInit) {
    this.#init = init;
    this.joined = new Promise((resolve, reject) => {
      this.#onJoined = resolve;
      const fail = (reason: string): void => {
        init.counts.failures += 1;
        init.onFailure(reason);
        this.close();
        reject(new Error(reason));
      };
      const socket = connect({
        host: '127.0.0.1',
        port: init.port,
        noDelay: true,
        onread: {
          buffer: Buffer.allocUnsafe(READ_BUFFER_BYTES),
          callback: (count, chunk) => {
            try {
              this.#take(Buffer.from(chunk.buffer, chunk.byteOffset, count));
            } catch (error) {
              fail(String(error));
            }
            return true;
          },
        },
      });
      this.#socket = socket;
      socket.once('error', (error) => fail(String(error)));
      socket.once('end', () => fail('The server closed a socket'));
      socket.write(upgradeRequest(init.path, init.address));
    });
  }

  close(): void {
    this.#socket?.removeAllListeners('end').destroy();
  }

  #take(chunk: Buffer): void {
    let bytes = chunk;
    if (!this.#isOpen) {
      const headEnd = chunk.indexOf(HEAD_END);
      const status = chunk.toString('latin1', 0, 12);
      if (headEnd === -1 || status !== 'HTTP/1.1 101') {
        throw new Error(`The upgrade was refused: ${chunk.toString('latin1', 0, 300)}`);
      }
      this.#isOpen = true;
      bytes = chunk.subarray(headEnd + HEAD_END.length);
      this.#announce();
    }
    // What several messages in one chunk lead to leaves in one write.
    this.#socket?.cork();
    this.#frames.push(bytes, (payload) => this.#onMessage(readServerMessage(payload)));
    this.#socket?.uncork();
  }

  #announce(): void {
    this.#init.counts.announces += 1;
    this.#announcedAtMs = performance.now();
    this.#socket?.write(this.#init.texts.announce());
  }

  #onMessage(message: ServerMessage): void {
    const { counts, onReply, onFailure, texts } = this.#init;
    switch (message.type) {
      case 'reply':
        counts.replies += 1;
        onReply(performance.now() - this.#announcedAtMs);
        this.#onJoined();
        this.#announce();
        break;
      case 'offer':
        counts.offers += 1;
        counts.answersSent += 1;
        this.#socket?.write(texts.answerTo(message));
        break;
      case 'answer':
        counts.answersReceived += 1;
        break;
      case 'failure':
        counts.failures += 1;
        onFailure(message.text);
        break;
    }
  }
}

/** RFC 6455, 4.1. The key may be any: nobody here needs proof that the server has read it. */
function upgradeRequest(path: string, address: string): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: tracker.example',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    `CF-Connecting-IP: ${address}`,
    `X-Forwarded-For: ${address}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
