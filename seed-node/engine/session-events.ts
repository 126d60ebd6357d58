import type { Endpoint } from '../../shared/endpoint.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { PeerId } from '../../shared/peer-id.ts';
import type { PieceIndex, PieceLayout } from '../../shared/pieces.ts';
import type { HashRequest } from '../wire/hash-message.ts';
import type { BlockRequest } from '../wire/peer-message.ts';
import type { KnownPeer } from '../wire/pex-message.ts';

/** What a session needs to know of a torrent that it serves. */
export interface ServedTorrent {
  /** The swarm that it is filed under. */
  readonly infoHash: InfoHash;
  /** All its swarms: v1, then v2; a hybrid has both. */
  readonly swarms: readonly InfoHash[];
  /** BEP 27: its peers come from its trackers alone. */
  readonly isPrivate: boolean;
  readonly layout: PieceLayout;
  /** The raw `info` dictionary, for peers that came with a magnet link (BEP 9). */
  readonly infoBytes: Uint8Array;
  /** The pieces offered now, as the wire writes them (BEP 3). */
  bitfield(): Uint8Array;
  /** Hashes that `findHashes` has, of all files. */
  readonly hashCount: number;
  /** What a hash request asks for, if that is kept (BEP 52). */
  findHashes(request: HashRequest): Uint8Array | undefined;
}

/** A request proven to lie inside its torrent. */
export interface ValidBlockRequest extends BlockRequest {
  readonly pieceIndex: PieceIndex;
}

export type SessionEvent =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** The upload slots gave this peer a slot, or took it. */
  | { readonly type: 'slot'; readonly isUnchoked: boolean }
  /** The connection takes more bytes, or its buffer is full. */
  | { readonly type: 'writable'; readonly isWritable: boolean }
  | { readonly type: 'block'; readonly request: ValidBlockRequest; readonly data: Uint8Array }
  | { readonly type: 'block-withheld'; readonly request: ValidBlockRequest }
  /** A minute is over: who else that can be dialled is connected to this torrent. */
  | { readonly type: 'share-peers'; readonly peers: readonly KnownPeer[] }
  /** A second or so is over. `writingSinceMs`: when the write under way began, if there is one. */
  | { readonly type: 'tick'; readonly writingSinceMs?: number | undefined };

export type SessionAction<Torrent extends ServedTorrent> =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** A `piece` message; the block may be overwritten when the next event is received. */
  | {
      readonly type: 'send-block';
      readonly request: ValidBlockRequest;
      readonly block: Uint8Array;
    }
  | {
      readonly type: 'opened';
      readonly torrent: Torrent;
      /** The one of the torrent's swarms that the conversation is in. */
      readonly swarm: InfoHash;
      readonly remotePeerId: PeerId;
    }
  /** The remote takes connections on that port. */
  | { readonly type: 'listens'; readonly port: number }
  /** The remote names other leechers of the torrent. */
  | { readonly type: 'peers-named'; readonly endpoints: readonly Endpoint[] }
  | { readonly type: 'interest'; readonly isInterested: boolean }
  | { readonly type: 'read'; readonly request: ValidBlockRequest }
  /** That one is to be read soon. */
  | { readonly type: 'prepare'; readonly request: ValidBlockRequest }
  | { readonly type: 'drop'; readonly reason: DropReason };

/** Why a connection ends by our will: static, fit for a metric label. */
export type DropReason =
  | 'not-bittorrent'
  | 'unknown-torrent'
  | 'wrong-torrent'
  | 'ourselves'
  | 'also-a-seed'
  | 'malformed-message'
  | 'message-too-long'
  | 'request-outside-torrent'
  | 'too-many-requests'
  | 'flood'
  | 'piece-withheld'
  | 'handshake-timeout'
  | 'silent'
  | 'uninterested'
  | 'not-reading'
  | 'not-requesting';
