import { type DataChannel, PeerConnection, type RtcConfig } from 'node-datachannel';
import { decodeUtf8, encodeUtf8 } from '../../shared/text.ts';
import {
  INCOMING_WINDOW_BYTES,
  OUTGOING_WINDOW_BYTES,
  takenBytes,
  type WebRtcPipe,
  type FrameKind,
} from './webrtc-pipe.ts';

/** How long an answer waits for addresses that STUN servers name: browsers wait for the answer. */
const GATHERING_TIMEOUT_MS = 2_000;
/** From the offer to an open channel. */
const HANDSHAKE_TIMEOUT_MS = 30_000;
/** With less than that left to send, the network runs dry before more comes. */
const LOW_BUFFER_BYTES = OUTGOING_WINDOW_BYTES / 2;
/**
 * So many bytes that the network took are worth telling. What is not told as more is sent is more than
 * `LOW_BUFFER_BYTES` while a full window is under way, so that it is told when that is reached.
 */
const WORTH_TELLING_BYTES = OUTGOING_WINDOW_BYTES - LOW_BUFFER_BYTES;
/**
 * What a peer takes that says nothing of it (RFC 8841, section 6). RFC 8831, section 6.6 has 16 KiB, for the sake of
 * other channels, of which there are none; but each message ends in a packet that is not full.
 */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** How a process answers offers. */
export interface AnswererSettings {
  /** The one UDP port of all connections. */
  readonly port: number;
  readonly stunUrls: readonly string[];
  /** An address of this machine that it does not know itself: a router's, which passes the port on. */
  readonly publicAddress?: string;
}

/**
 * One connection, inside the WebRTC process: an offer is answered, and the first channel is carried over the pipe.
 *
 * Invariants: `close` is sent once, and nothing after it; an offer is answered or closed in `GATHERING_TIMEOUT_MS`,
 * opened or closed in `HANDSHAKE_TIMEOUT_MS`. The library lets go of what nobody refers to: this object must be kept.
 */
export class WebRtcAnswerer {
  readonly #id: number;
  readonly #pipe: WebRtcPipe;
  readonly #settings: AnswererSettings;
  readonly #onClosed: () => void;
  readonly #connection: PeerConnection;
  readonly #timers: NodeJS.Timeout[] = [];
  #channel: DataChannel | undefined;
  #isAnswered = false;
  #isClosed = false;
  #sentBytes = 0;
  #toldBytes = 0;
  #untakenBytes = 0;

  constructor(id: number, pipe: WebRtcPipe, settings: AnswererSettings, onClosed: () => void) {
    this.#id = id;
    this.#pipe = pipe;
    this.#settings = settings;
    this.#onClosed = onClosed;
    this.#connection = new PeerConnection(String(id), rtcConfig(settings));
  }

  receive(kind: FrameKind, payload: Uint8Array): void {
    if (this.#isClosed) return;
    if (kind === 'offer') this.#answer(decodeUtf8(payload) ?? '');
    else if (kind === 'data') this.#send(payload);
    else if (kind === 'taken') this.#untakenBytes -= takenBytes(payload);
    else if (kind === 'close') this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#pipe.send('close', this.#id);
    this.#onClosed();
    try {
      this.#channel?.close();
      this.#connection.close();
    } catch {
      // It was closed by the other side meanwhile.
    }
  }

  #answer(sdp: string): void {
    const connection = this.#connection;
    connection.onStateChange((state) => {
      if (state === 'failed' || state === 'closed') this.close();
    });
    connection.onGatheringStateChange((state) => {
      if (state === 'complete') this.#sendAnswer();
    });
    connection.onDataChannel((channel) => this.#open(channel));
    try {
      connection.setRemoteDescription(sdp, 'offer');
    } catch {
      this.close();
      return;
    }
    this.#timers.push(
      setTimeout(() => this.#sendAnswer(), GATHERING_TIMEOUT_MS),
      setTimeout(() => this.#channel === undefined && this.close(), HANDSHAKE_TIMEOUT_MS),
    );
  }

  #sendAnswer(): void {
    if (this.#isAnswered || this.#isClosed) return;
    const description = this.#connection.localDescription();
    if (description?.type !== 'answer') {
      this.close();
      return;
    }
    this.#isAnswered = true;
    const { publicAddress, port } = this.#settings;
    const sdp =
      publicAddress === undefined
        ? description.sdp
        : addCandidate(description.sdp, publicAddress, port);
    this.#pipe.send('answer', this.#id, encodeUtf8(sdp));
  }

  #open(channel: DataChannel): void {
    if (this.#channel !== undefined || this.#isClosed) {
      channel.close();
      return;
    }
    this.#channel = channel;
    channel.onMessage((message) => this.#receiveMessage(message));
    channel.onClosed(() => this.close());
    channel.onError(() => this.close());
    channel.setBufferedAmountLowThreshold(LOW_BUFFER_BYTES);
    channel.onBufferedAmountLow(() => this.#tellTaken(1));
    const address = this.#connection.getSelectedCandidatePair()?.remote.address ?? '';
    this.#pipe.send('opened', this.#id, encodeUtf8(address));
  }

  #receiveMessage(message: string | Buffer | ArrayBuffer): void {
    if (this.#isClosed) return;
    // BitTorrent is bytes.
    if (typeof message === 'string') {
      this.close();
      return;
    }
    this.#untakenBytes += message.byteLength;
    if (this.#untakenBytes > INCOMING_WINDOW_BYTES) this.close();
    else if (message.byteLength > 0) this.#pipe.send('data', this.#id, new Uint8Array(message));
  }

  #send(bytes: Uint8Array): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    try {
      const maxBytes = Math.max(1, Math.min(channel.maxMessageSize(), MAX_MESSAGE_BYTES));
      for (let sent = 0; sent < bytes.length; sent += maxBytes) {
        channel.sendMessageBinary(bytes.subarray(sent, sent + maxBytes));
      }
    } catch {
      this.close();
      return;
    }
    this.#sentBytes += bytes.length;
    this.#tellTaken(WORTH_TELLING_BYTES);
  }

  /** Tells what the network took, where that is at least `worthBytes` more than before. */
  #tellTaken(worthBytes: number): void {
    if (this.#isClosed || this.#channel === undefined) return;
    const takenTotal = this.#sentBytes - this.#channel.bufferedAmount();
    const untold = takenTotal - this.#toldBytes;
    if (untold < worthBytes) return;
    this.#toldBytes = takenTotal;
    this.#pipe.sendTaken(this.#id, untold);
  }
}

function rtcConfig({ port, stunUrls }: AnswererSettings): RtcConfig {
  return {
    iceServers: [...stunUrls],
    enableIceUdpMux: true,
    portRangeBegin: port,
    portRangeEnd: port,
    maxMessageSize: INCOMING_WINDOW_BYTES,
  };
}

/** The description with one more way to reach us (RFC 8839, section 5.1), of a lower priority than a host's own. */
function addCandidate(sdp: string, address: string, port: number): string {
  const line = `a=candidate:public 1 UDP 1677721855 ${address} ${port} typ host\r\n`;
  const end = 'a=end-of-candidates\r\n';
  return sdp.includes(end) ? sdp.replace(end, line + end) : sdp + line;
}
