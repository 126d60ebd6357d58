import type { FileExtent } from '../../shared/pieces.ts';
import type { TorrentFormat } from '../../shared/info-hash.ts';

/** A file whose bytes are hashed, at its place in the torrent. */
export interface HashFile extends FileExtent {
  /** Absolute. */
  readonly path: string;
  /** When it was last written, as it was listed; undefined: whatever is there is read. */
  readonly modifiedNs: bigint | undefined;
}

/** What is to be hashed: the bytes of the files, zeros between them, cut into pieces. */
export interface HashJob {
  readonly files: readonly HashFile[];
  readonly extentBytes: number;
  readonly pieceLengthBytes: number;
  /** v1: SHA-1 of each piece. v2: the merkle root of each (BEP 52). hybrid: both, out of one read. */
  readonly format: TorrentFormat;
}

/** What a thread does with a file that is missing, short, unreadable or changed: give up, or mark the pieces. */
export type OnUnreadable = 'fail' | 'mark';

/** What the threads work on together; every array is shared memory. */
export interface SharedWork {
  readonly job: HashJob;
  readonly onUnreadable: OnUnreadable;
  /** `[next piece, 1 to stop]`. */
  readonly control: Int32Array;
  /** `[bytes of files that are hashed]`. */
  readonly progress: BigInt64Array;
  /** 20 bytes a piece; empty for v2. */
  readonly pieceHashes: Uint8Array;
  /** 32 bytes a piece; empty for v1. */
  readonly pieceRoots: Uint8Array;
  /** 1 for each piece of which some bytes could not be read. */
  readonly unread: Uint8Array;
}

export const NEXT_PIECE = 0;
export const STOP = 1;

/** Why a file could not be hashed. */
export interface FileFault {
  readonly path: string;
  readonly kind: 'unreadable' | 'changed';
  readonly detail: string;
}
