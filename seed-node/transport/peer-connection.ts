import type { Duplex } from 'node:stream';
import { PeerSession, type SessionInit } from '../engine/peer-session.ts';
import type {
  DropReason,
  SessionAction,
  SessionEvent,
  ValidBlockRequest,
} from '../engine/session-events.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { ActiveTorrent } from '../library/active-torrents.ts';
import { PieceWithheld } from '../storage/torrent-storage.ts';

export type CloseReason = DropReason | 'duplicate' | 'closed-by-peer' | 'disk-fault' | 'shutdown';

/** What a connection reports to the one that owns all connections. */
export interface ConnectionEvents {
  opened(connection: PeerConnection, torrent: ActiveTorrent, remotePeerId: PeerId): void;
  interest(connection: PeerConnection, isInterested: boolean): void;
  uploaded(swarm: InfoHash, bytes: number): void;
  closed(connection: PeerConnection, reason: CloseReason): void;
  fault(message: string, cause: unknown): void;
}

/**
 * Carries one session over one stream of bytes each way.
 *
 * Invariant: `closed` is reported once, and nothing is written or read for the session after it.
 */
export class PeerConnection {
  readonly #stream: Duplex;
  readonly #session: PeerSession<ActiveTorrent>;
  readonly #events: ConnectionEvents;
  #torrent: ActiveTorrent | undefined;
  #swarm: InfoHash | undefined;
  #isClosed = false;

  constructor(stream: Duplex, init: SessionInit<ActiveTorrent>, events: ConnectionEvents) {
    this.#stream = stream;
    this.#session = new PeerSession(init);
    this.#events = events;
    stream.on('data', (bytes: Buffer) => this.#receive({ type: 'bytes', bytes }));
    stream.on('drain', () => this.#receive({ type: 'writable', isWritable: true }));
    // An error is always followed by `close`; a reset by a peer is no fault of ours.
    stream.on('error', () => {});
    stream.on('close', () => this.close('closed-by-peer'));
    this.#perform(this.#session.start());
  }

  get torrent(): ActiveTorrent | undefined {
    return this.#torrent;
  }

  setSlot(isUnchoked: boolean): void {
    this.#receive({ type: 'slot', isUnchoked });
  }

  tick(): void {
    this.#receive({ type: 'tick' });
  }

  close(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream.destroy();
    this.#events.closed(this, reason);
  }

  #receive(event: SessionEvent): void {
    if (!this.#isClosed) this.#perform(this.#session.receive(event, Date.now()));
  }

  #perform(actions: readonly SessionAction<ActiveTorrent>[]): void {
    for (const action of actions) {
      if (this.#isClosed) return;
      switch (action.type) {
        case 'send':
          this.#write(action.bytes);
          break;
        case 'send-block':
          this.#write(action.bytes);
          if (this.#swarm !== undefined) this.#events.uploaded(this.#swarm, action.blockBytes);
          break;
        case 'opened':
          this.#torrent = action.torrent;
          this.#swarm = action.swarm;
          this.#events.opened(this, action.torrent, action.remotePeerId);
          break;
        case 'interest':
          this.#events.interest(this, action.isInterested);
          break;
        case 'read':
          void this.#read(action.request);
          break;
        case 'drop':
          this.close(action.reason);
          break;
      }
    }
  }

  #write(bytes: Uint8Array): void {
    const hasRoom = this.#stream.write(bytes);
    if (!hasRoom) this.#receive({ type: 'writable', isWritable: false });
  }

  async #read(request: ValidBlockRequest): Promise<void> {
    try {
      const data = await this.#torrent?.readBlock(request);
      if (data !== undefined) this.#receive({ type: 'block', request, data });
    } catch (error) {
      if (error instanceof PieceWithheld) {
        this.#receive({ type: 'block-withheld' });
      } else {
        this.#events.fault('Reading a block failed', error);
        this.close('disk-fault');
      }
    }
  }
}
