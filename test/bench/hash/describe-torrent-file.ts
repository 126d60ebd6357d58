import { inspectMetainfo } from '../../../shared/metainfo.ts';
import { infoHashesOf } from '../../../seed-node/hashing/info-hashes.ts';

/** The info-hashes of a .torrent, whoever made it; throws where it is none. */
export function describeTorrentFile(bytes: Uint8Array): string {
  const metainfo = inspectMetainfo(bytes, () => {});
  if (!metainfo.ok) throw new Error(`A maker wrote no .torrent: ${metainfo.refusal.reason}`);
  const { info, infoBytes } = metainfo.value;
  const { v1, v2 } = infoHashesOf(infoBytes, info.format);
  return [v1, v2].filter((hash) => hash !== undefined).join(' ');
}
