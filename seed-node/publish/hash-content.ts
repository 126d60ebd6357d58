import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { PieceLayout, SHA1_BYTES } from '../../shared/pieces.ts';
import { PublishError } from './publish-error.ts';
import type { Content, ContentFile } from './scan-content.ts';

const READ_BYTES = 1024 * 1024;

export interface HashOptions {
  readonly pieceLengthBytes: number;
  /** Told after each read of at most 1 MiB. */
  readonly onProgress: (hashedBytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * The SHA-1 of each piece, 20 bytes each, read in one sequential pass with one buffer.
 * Throws `PublishError` naming a file that changed since it was listed, and the signal's reason when aborted.
 */
export async function hashContent(content: Content, options: HashOptions): Promise<Uint8Array> {
  const layout = new PieceLayout(content.sizeBytes, options.pieceLengthBytes);
  const pieceHashes = new Uint8Array(layout.pieceCount * SHA1_BYTES);
  const buffer = new Uint8Array(READ_BYTES);
  let hash = createHash('sha1');
  let hashedBytes = 0;

  const hashBytes = (bytes: Uint8Array): void => {
    let offset = 0;
    while (offset < bytes.length) {
      const index = layout.pieceAt(hashedBytes);
      const pieceEnd = layout.offsetBytes(index) + layout.lengthBytes(index);
      const part = bytes.subarray(offset, offset + pieceEnd - hashedBytes);
      hash.update(part);
      offset += part.length;
      hashedBytes += part.length;
      if (hashedBytes === pieceEnd) {
        pieceHashes.set(hash.digest(), index * SHA1_BYTES);
        hash = createHash('sha1');
      }
    }
  };

  for (const file of content.files) {
    const handle = await openContent(file);
    try {
      await checkUnchanged(handle, file);
      for (let position = 0; position < file.sizeBytes;) {
        options.signal.throwIfAborted();
        const wanted = Math.min(buffer.length, file.sizeBytes - position);
        const { bytesRead } = await handle.read(buffer, 0, wanted, position);
        if (bytesRead === 0) throw changed(file);
        hashBytes(buffer.subarray(0, bytesRead));
        position += bytesRead;
        options.onProgress(hashedBytes);
      }
      await checkUnchanged(handle, file);
    } finally {
      await handle.close();
    }
  }
  return pieceHashes;
}

async function openContent(file: ContentFile): Promise<FileHandle> {
  try {
    return await open(file.path, 'r');
  } catch (error) {
    throw new PublishError(`Cannot publish ${file.path}: the file cannot be read`, {
      cause: error,
    });
  }
}

async function checkUnchanged(handle: FileHandle, file: ContentFile): Promise<void> {
  const stats = await handle.stat({ bigint: true });
  if (stats.size !== BigInt(file.sizeBytes) || stats.mtimeNs !== file.modifiedNs)
    throw changed(file);
}

function changed(file: ContentFile): PublishError {
  return new PublishError(
    `Cannot publish ${file.path}: the file changed while it was hashed; try again when it is complete`,
  );
}
