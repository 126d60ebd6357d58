import { createSocket } from 'node:dgram';
import type { Log } from '../log.ts';
import type { Peers } from './peers.ts';
import type { AnswererSettings } from './webrtc-answerer.ts';
import { WebRtcChild } from './webrtc-child.ts';

/** Open channels: each costs about two megabytes of the library's memory while it is busy. */
const MAX_CHANNELS = 256;
/** Offers that are answered but not connected yet. */
export const MAX_HANDSHAKES = 64;
/** Who means well is connected by then: an older handshake makes room for a newer one. */
const HANDSHAKE_GRACE_MS = 5_000;
/** UTF-8 bytes of an offer: what the edge relays at most. */
export const MAX_OFFER_BYTES = 16_384;

const FIRST_RESTART_MS = 500;
const MAX_RESTART_MS = 60_000;
/** A process that lived so long did not die of what it started with. */
const LIVED_LONG_MS = 60_000;

export interface WebRtcPeersInit extends Omit<AnswererSettings, 'port'> {
  readonly peers: Peers;
  readonly log: Log;
  /** The UDP port of all connections; 0: any free one. */
  readonly port: number;
}

/**
 * The way to peers over WebRTC: answers the offers that others make, and makes none. A process of its own holds the
 * connections; when it dies they are closed, and another one is started.
 *
 * Invariant: at most `MAX_CHANNELS` connections and, of them, `MAX_HANDSHAKES` that are not open yet.
 */
export class WebRtcPeers {
  readonly #init: WebRtcPeersInit;
  #child: WebRtcChild | undefined;
  #port: number;
  #restart: NodeJS.Timeout | undefined;
  #restarts = 0;
  #isClosed = false;

  constructor(init: WebRtcPeersInit) {
    this.#init = init;
    this.#port = init.port;
  }

  /** Takes offers from now on. Throws where the port is taken. */
  async start(): Promise<void> {
    const { log, peers, stunUrls, publicAddress } = this.#init;
    const port = await freeUdpPort(this.#port);
    // A process that follows this one takes the same: a router may pass it on.
    this.#port = port;
    if (this.#isClosed) return;
    const startedAtMs = Date.now();
    const settings = publicAddress === undefined ? { stunUrls } : { stunUrls, publicAddress };
    this.#child = new WebRtcChild({ ...settings, port }, log, {
      opened: (stream, address) => peers.start({ stream, transport: 'webrtc', address }),
      ended: (reason) => {
        this.#child = undefined;
        if (this.#isClosed) return;
        if (Date.now() - startedAtMs >= LIVED_LONG_MS) this.#restarts = 0;
        log.warn(`The WebRTC process is started again: ${reason}`);
        this.#startAgain();
      },
    });
  }

  /** The UDP port of all connections; 0 before the start. */
  get port(): number {
    return this.#port;
  }

  /** Of the process that holds the connections; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The answer to a stranger's offer, or undefined where it is not answered. */
  async answer(offerSdp: string): Promise<string | undefined> {
    const child = this.#child;
    if (child === undefined || Buffer.byteLength(offerSdp) > MAX_OFFER_BYTES) return undefined;
    if (child.streamCount + child.handshakeCount >= MAX_CHANNELS) return undefined;
    if (child.handshakeCount >= MAX_HANDSHAKES) {
      const ageMs = Date.now() - (child.oldestHandshakeAtMs ?? 0);
      if (ageMs < HANDSHAKE_GRACE_MS) return undefined;
      child.giveUpOldestHandshake();
    }
    return child.answer(offerSdp);
  }

  /** Ends the conversations over WebRTC, and the process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    this.#init.peers.closeAll('webrtc');
    await this.#child?.end();
  }

  #startAgain(): void {
    const delayMs = Math.min(FIRST_RESTART_MS * 2 ** this.#restarts, MAX_RESTART_MS);
    this.#restarts += 1;
    this.#restart = setTimeout(() => {
      this.start().catch((error: unknown) => {
        this.#init.log.warn('The WebRTC process could not be started', error);
        this.#port = this.#init.port;
        this.#startAgain();
      });
    }, delayMs);
  }
}

/** The port, or a free one for 0. Throws where it is taken. */
async function freeUdpPort(port: number): Promise<number> {
  try {
    return await bindOnce('udp6', port);
  } catch (error) {
    const lacksIpv6 = error instanceof Error && 'code' in error && error.code === 'EAFNOSUPPORT';
    if (!lacksIpv6) throw error;
    return bindOnce('udp4', port);
  }
}

async function bindOnce(family: 'udp4' | 'udp6', port: number): Promise<number> {
  const socket = createSocket(family);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, resolve);
    });
    return socket.address().port;
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve));
  }
}
