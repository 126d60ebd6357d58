import { parseMetainfo } from '../../shared/metainfo.ts';
import { describeRefusal } from '../../shared/result.ts';
import { PublishError } from './publish-error.ts';
import type { Content } from './scan-content.ts';

/**
 * Reads a .torrent that was just made as strictly as the edge will. Throws `PublishError` where it would be turned
 * down: it is too large, or describes too much.
 */
export function checkMade(content: Content, metainfoBytes: Uint8Array): void {
  const parsed = parseMetainfo(metainfoBytes);
  if (parsed.ok) return;
  throw new PublishError(
    `Cannot publish ${content.rootPath}: its .torrent would be refused: ${describeRefusal(parsed.refusal)}`,
  );
}
