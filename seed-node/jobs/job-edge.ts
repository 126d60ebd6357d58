import type { InfoHash } from '../../shared/info-hash.ts';
import type { Publication } from '../../shared/publication.ts';
import type { PublicationDetails } from './job.ts';

/** What jobs need of the edge and of those who tell it. */
export interface JobEdge {
  /** Registers a torrent of the library, and has it announced; tries until the edge is there. Throws `EdgeRefusal`. */
  register(infoHash: InfoHash, signal: AbortSignal): Promise<Publication>;
  /** Tells the edge what is to be said of a publication; false where this edge takes none of it. Throws `EdgeRefusal`. */
  describe(
    infoHash: InfoHash,
    details: PublicationDetails & { readonly publisher: string },
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Takes a publication back that was registered, or may have been. */
  unpublish(infoHash: InfoHash): Promise<void>;
}
