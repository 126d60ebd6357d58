import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { invariant } from '../../shared/invariant.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/text.ts';
import type { Log } from '../log.ts';
import { ChannelStream } from './channel-stream.ts';
import type { AnswererSettings } from './webrtc-answerer.ts';
import { type FrameKind, takenBytes, WebRtcPipe } from './webrtc-pipe.ts';

const PROCESS_PATH = fileURLToPath(new URL('webrtc-process.ts', import.meta.url));
/** The process answers or closes much sooner: one that does neither is stuck, and is ended. */
const STUCK_AFTER_MS = 20_000;
/** How long it may take to say goodbye. */
const EXIT_TIMEOUT_MS = 3_000;

export interface WebRtcChildEvents {
  /** A channel is open. */
  opened(stream: ChannelStream, remoteAddress: string): void;
  /** The process is gone, and every stream with it. */
  ended(reason: string): void;
}

interface Handshake {
  readonly startedAtMs: number;
  readonly settle: (answer: string | undefined) => void;
}

/**
 * One life of the WebRTC process, seen from the seed box.
 *
 * Invariant: a connection is a handshake or an open stream, never both; when the process is gone it is neither.
 */
export class WebRtcChild {
  readonly #process: ChildProcess;
  readonly #pipe: WebRtcPipe;
  readonly #socket: Socket;
  readonly #events: WebRtcChildEvents;
  readonly #exited: Promise<void>;
  /** In the order in which they began. */
  readonly #handshakes = new Map<number, Handshake>();
  readonly #streams = new Map<number, ChannelStream>();
  #lastId = 0;

  constructor(settings: AnswererSettings, log: Log, events: WebRtcChildEvents) {
    this.#events = events;
    const { port, publicAddress = '', stunUrls } = settings;
    const args = [String(port), publicAddress, ...stunUrls];
    // A group of its own: Ctrl+C must not end it before the seed box said goodbye to its peers.
    const child = spawn(process.execPath, [PROCESS_PATH, ...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#process = child;
    child.stdout?.on('data', (text: Buffer) => log.debug(`webrtc: ${text.toString().trimEnd()}`));
    child.stderr?.on('data', (text: Buffer) => log.warn(`webrtc: ${text.toString().trimEnd()}`));
    const socket = child.stdio[3];
    invariant(socket instanceof Socket, 'a pipe to a process is a socket');
    this.#socket = socket;
    this.#pipe = new WebRtcPipe(socket, (kind, id, payload) => this.#receive(kind, id, payload));
    this.#exited = new Promise((resolve) => {
      const finish = (reason: string): void => {
        resolve();
        this.#finish(reason);
      };
      child.once('error', (error) => finish(error.message));
      child.once('exit', (code, signal) => finish(`it ended with ${signal ?? code}`));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get handshakeCount(): number {
    return this.#handshakes.size;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** When the oldest handshake in progress began; undefined where there is none. */
  get oldestHandshakeAtMs(): number | undefined {
    return this.#handshakes.values().next().value?.startedAtMs;
  }

  /** The answer to an offer, or undefined where it cannot be answered. */
  answer(offerSdp: string): Promise<string | undefined> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      const stuck = setTimeout(() => this.#process.kill('SIGKILL'), STUCK_AFTER_MS);
      this.#handshakes.set(id, {
        startedAtMs: Date.now(),
        settle: (answer) => {
          clearTimeout(stuck);
          resolve(answer);
        },
      });
      this.#pipe.send('offer', id, encodeUtf8(offerSdp));
    });
  }

  giveUpOldestHandshake(): void {
    const [id] = this.#handshakes.keys();
    if (id === undefined) return;
    this.#pipe.send('close', id);
    this.#forget(id);
  }

  /** Closes every connection, and resolves when the process is gone. */
  async end(): Promise<void> {
    this.#socket.end();
    const late = setTimeout(() => this.#process.kill('SIGKILL'), EXIT_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(late);
  }

  #receive(kind: FrameKind, id: number, payload: Uint8Array): void {
    if (kind === 'answer') this.#handshakes.get(id)?.settle(decodeUtf8(payload));
    else if (kind === 'opened') this.#open(id, decodeUtf8(payload) ?? '');
    else if (kind === 'data') this.#streams.get(id)?.receive(payload);
    else if (kind === 'taken') this.#streams.get(id)?.makeRoom(takenBytes(payload));
    else if (kind === 'close') this.#forget(id);
  }

  #open(id: number, remoteAddress: string): void {
    // Given up meanwhile.
    if (!this.#handshakes.delete(id)) return;
    const stream = new ChannelStream({
      data: (bytes, onWritten) => this.#pipe.send('data', id, bytes, onWritten),
      taken: (bytes) => this.#pipe.sendTaken(id, bytes),
      close: () => {
        if (this.#streams.delete(id)) this.#pipe.send('close', id);
      },
    });
    this.#streams.set(id, stream);
    this.#events.opened(stream, remoteAddress);
  }

  #forget(id: number): void {
    const handshake = this.#handshakes.get(id);
    this.#handshakes.delete(id);
    handshake?.settle(undefined);
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    stream?.destroy();
  }

  #finish(reason: string): void {
    this.#socket.destroy();
    for (const id of [...this.#handshakes.keys(), ...this.#streams.keys()]) this.#forget(id);
    this.#events.ended(reason);
  }
}
