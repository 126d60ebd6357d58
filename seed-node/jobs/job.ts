import type { InfoHash, TorrentFormat } from '../../shared/info-hash.ts';
import type { Publication } from '../../shared/publication.ts';
import type { JobState } from './job-state.ts';

/** Who asks, as the edge has found out. */
export interface Account {
  readonly id: string;
  readonly name: string;
  /** May see and cancel the jobs of all. */
  readonly isAdmin: boolean;
}

/** What is told of a publication beside its torrent. */
export interface PublicationDetails {
  readonly title?: string;
  readonly description?: string;
  readonly webSeeds?: readonly string[];
}

/** A file that is to be uploaded. */
export interface NewFile {
  /** Below the published folder; empty for a single file, which has the job's name. */
  readonly path: readonly string[];
  readonly sizeBytes: number;
}

/** What a publisher asks for: every name safe, every size possible. */
export type NewJob =
  | {
      readonly kind: 'publish';
      readonly name: string;
      readonly files: readonly NewFile[];
      readonly sizeBytes: number;
      readonly format: TorrentFormat;
      readonly details: PublicationDetails;
    }
  | { readonly kind: 'verify'; readonly infoHash: InfoHash };

/** Something at a path that is the job's own: the same name may come to stand for something else. */
export interface PlacedContent {
  readonly path: string;
  /** Device and inode. */
  readonly identity: string;
}

/** What a verification found. */
export interface VerifyResult {
  readonly pieces: number;
  readonly badPieceCount: number;
  /** The first of them, ascending. */
  readonly badPieces: readonly number[];
  readonly badFiles: readonly { readonly path: string; readonly finding: string }[];
}

interface JobBase {
  readonly id: string;
  readonly state: JobState;
  readonly accountId: string;
  readonly accountName: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Fit for the publisher. */
  readonly error: string | undefined;
}

/** A publication by upload. */
export interface PublishJob extends JobBase {
  readonly kind: 'publish';
  readonly format: TorrentFormat;
  readonly details: PublicationDetails;
  /** Where its content is, or is just being moved to; undefined while it is uploaded. */
  readonly placed: PlacedContent | undefined;
  /** The swarm that its torrent is filed under. */
  readonly infoHash: InfoHash | undefined;
  readonly publication: Publication | undefined;
}

/** A comparison of what is seeded with its torrent. */
export interface VerifyJob extends JobBase {
  readonly kind: 'verify';
  readonly infoHash: InfoHash;
  readonly result: VerifyResult | undefined;
}

export type Job = PublishJob | VerifyJob;

/** A file of a job, and how much of it has arrived. */
export interface JobFile {
  readonly index: number;
  readonly path: readonly string[];
  readonly sizeBytes: number;
  readonly uploadedBytes: number;
}
