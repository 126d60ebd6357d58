import { encodeInfo } from '../../shared/metainfo.ts';
import { hashContent, type HashOptions } from './hash-content.ts';
import type { Content } from './scan-content.ts';

/**
 * Hashes the content and makes its v1 `info` dictionary (BEP 3): the same bytes for the same content and piece
 * length on every machine. Throws what `hashContent` throws.
 */
export async function makeInfo(
  content: Content,
  options: HashOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieceHashes = await hashContent(content, options);
  let offsetBytes = 0;
  return encodeInfo({
    name: content.name,
    isFolder: content.isFolder,
    pieceLengthBytes: options.pieceLengthBytes,
    pieceHashes,
    isPrivate: false,
    files: content.files.map((file) => {
      const placed = { path: file.torrentPath, lengthBytes: file.sizeBytes, offsetBytes };
      offsetBytes += file.sizeBytes;
      return placed;
    }),
  });
}
