import type { Duplex } from 'node:stream';
import { PeerSession, type SessionInit } from '../engine/peer-session.ts';
import type {
  DropReason,
  SessionAction,
  SessionEvent,
  ValidBlockRequest,
} from '../engine/session-events.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { ActiveTorrent } from '../library/active-torrents.ts';
import { encodePieceHeader } from '../wire/peer-message.ts';
import type { KnownPeer } from '../wire/pex-message.ts';
import { PieceWithheld } from '../storage/torrent-storage.ts';
import { Outbox } from './outbox.ts';
import type { StreamOpener } from './open-incoming.ts';
import type { OpeningRefusal } from '../engine/encryption-handshake.ts';
import type { UploadThrottle } from './upload-throttle.ts';

export type CloseReason =
  | DropReason
  | OpeningRefusal
  | 'duplicate'
  | 'closed-by-peer'
  | 'disk-fault'
  | 'shutdown';

/** What a connection reports to the one that owns all connections. */
export interface ConnectionEvents {
  opened(connection: PeerConnection, torrent: ActiveTorrent, remotePeerId: PeerId): void;
  interest(connection: PeerConnection, isInterested: boolean): void;
  /** The remote takes connections on that port. */
  listens(connection: PeerConnection, port: number): void;
  /** The remote names other leechers. */
  peersNamed(torrent: ActiveTorrent, swarm: InfoHash, endpoints: readonly Endpoint[]): void;
  uploaded(swarm: InfoHash, bytes: number): void;
  closed(connection: PeerConnection, reason: CloseReason): void;
  fault(message: string, cause: unknown): void;
}

export interface ConnectionOptions {
  /** The conversation begins when it has found out how the stream is spoken on; undefined: at once. */
  readonly open?: StreamOpener | undefined;
  /** Says when blocks may be read; undefined: at once. */
  readonly throttle?: UploadThrottle | undefined;
}

/**
 * Carries one session over one stream of bytes each way.
 *
 * Invariant: `closed` is reported once, and nothing is written or read for the session after it.
 */
export class PeerConnection {
  #stream: Duplex;
  #outbox: Outbox;
  readonly #session: PeerSession<ActiveTorrent>;
  readonly #owner: ConnectionEvents;
  #torrent: ActiveTorrent | undefined;
  #swarm: InfoHash | undefined;
  #isClosed = false;
  #lastBlockAtMs = Number.NEGATIVE_INFINITY;
  #isWritable = true;
  readonly #events: SessionEvent[] = [];
  #isReceiving = false;
  /** Bytes of blocks that were put out in this turn. */
  #untoldBytes = 0;
  readonly #throttle: UploadThrottle | undefined;
  /** Reads whose turn has not come. */
  #throttledReads = 0;

  constructor(
    stream: Duplex,
    init: SessionInit<ActiveTorrent>,
    owner: ConnectionEvents,
    { open, throttle }: ConnectionOptions = {},
  ) {
    this.#stream = stream;
    this.#throttle = throttle;
    this.#session = new PeerSession(init);
    this.#outbox = this.#watch(stream);
    this.#owner = owner;
    if (open === undefined) this.#listen();
    else {
      open(stream, {
        opened: (carried, firstBytes) => {
          if (carried !== stream) {
            this.#stream = carried;
            this.#outbox = this.#watch(carried);
          }
          this.#listen();
          this.#receive({ type: 'bytes', bytes: firstBytes });
        },
        refused: (reason) => this.close(reason),
      });
    }
    this.#perform(this.#session.start(), init.nowMs);
    this.#outbox.flush();
  }

  get torrent(): ActiveTorrent | undefined {
    return this.#torrent;
  }

  /** When the remote last made use of its slot, if ever: was sent a block, or waits for one that we hold back. */
  slotUsedAtMs(nowMs: number): number {
    return this.#throttledReads > 0 ? nowMs : this.#lastBlockAtMs;
  }

  setSlot(isUnchoked: boolean): void {
    this.#receive({ type: 'slot', isUnchoked });
  }

  /** Tells the remote who else is connected to its torrent. */
  sharePeers(peers: readonly KnownPeer[]): void {
    this.#receive({ type: 'share-peers', peers });
  }

  tick(): void {
    this.#receive({ type: 'tick', writingSinceMs: this.#outbox.writingSinceMs });
  }

  close(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#throttle?.leave(this);
    this.#stream.destroy();
    this.#tellUploaded();
    this.#owner.closed(this, reason);
  }

  #watch(stream: Duplex): Outbox {
    // An error is always followed by `close`; a reset by a peer is no fault of ours.
    stream.on('error', () => {});
    stream.on('close', () => this.close('closed-by-peer'));
    return new Outbox(stream, () => {
      this.#isWritable = true;
      this.#receive({ type: 'writable', isWritable: true });
    });
  }

  #listen(): void {
    this.#stream.on('data', (bytes: Buffer) => this.#receive({ type: 'bytes', bytes }));
  }

  /** Events that come of other events wait for their turn; what is sent meanwhile leaves in one write. */
  #receive(event: SessionEvent): void {
    this.#events.push(event);
    if (this.#isReceiving) return;
    this.#isReceiving = true;
    const nowMs = Date.now();
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      if (!this.#isClosed) this.#perform(this.#session.receive(next, nowMs), nowMs);
    }
    this.#isReceiving = false;
    this.#tellUploaded();
    this.#outbox.flush();
  }

  #tellUploaded(): void {
    if (this.#untoldBytes === 0 || this.#swarm === undefined) return;
    this.#owner.uploaded(this.#swarm, this.#untoldBytes);
    this.#untoldBytes = 0;
  }

  #perform(actions: readonly SessionAction<ActiveTorrent>[], nowMs: number): void {
    for (const action of actions) {
      if (this.#isClosed) return;
      switch (action.type) {
        case 'send':
          this.#outbox.put(action.bytes);
          break;
        case 'send-block':
          this.#outbox.put(encodePieceHeader(action.request));
          this.#outbox.put(action.block);
          this.#lastBlockAtMs = nowMs;
          this.#untoldBytes += action.block.length;
          break;
        case 'opened':
          this.#torrent = action.torrent;
          this.#swarm = action.swarm;
          this.#owner.opened(this, action.torrent, action.remotePeerId);
          break;
        case 'interest':
          this.#owner.interest(this, action.isInterested);
          break;
        case 'listens':
          this.#owner.listens(this, action.port);
          break;
        case 'peers-named':
          if (this.#torrent !== undefined && this.#swarm !== undefined)
            this.#owner.peersNamed(this.#torrent, this.#swarm, action.endpoints);
          break;
        case 'read':
          this.#readInTurn(action.request);
          break;
        case 'prepare':
          this.#torrent?.prepare(action.request);
          break;
        case 'drop':
          this.close(action.reason);
          break;
      }
      // Whatever filled it: answers that are not read are no better than blocks.
      if (this.#isWritable && this.#outbox.isFull) {
        this.#isWritable = false;
        this.#events.unshift({ type: 'writable', isWritable: false });
      }
    }
  }

  #readInTurn(request: ValidBlockRequest): void {
    if (this.#throttle === undefined) {
      this.#read(request);
      return;
    }
    this.#throttledReads += 1;
    this.#throttle.ask(this, request.lengthBytes, () => {
      this.#throttledReads -= 1;
      this.#read(request);
    });
  }

  #read(request: ValidBlockRequest): void {
    const data = this.#torrent?.cachedBlock(request);
    if (data !== undefined) this.#receive({ type: 'block', request, data });
    else if (this.#torrent !== undefined) void this.#readFromDisk(this.#torrent, request);
  }

  async #readFromDisk(torrent: ActiveTorrent, request: ValidBlockRequest): Promise<void> {
    try {
      await torrent.load(request);
      // In memory of its own only where it is in two runs, or others took the memory of its run at once.
      const data = torrent.cachedBlock(request) ?? (await torrent.readBlock(request));
      this.#receive({ type: 'block', request, data });
    } catch (error) {
      if (error instanceof PieceWithheld) {
        this.#receive({ type: 'block-withheld', request });
      } else {
        this.#owner.fault('Reading a block failed', error);
        this.close('disk-fault');
      }
    }
  }
}
