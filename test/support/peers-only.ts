import { encodeMetainfo, parseMetainfo } from '../../shared/metainfo.ts';

/**
 * The .torrent without its web seeds: the embedded edge names its own, and a client that has them all from there needs
 * no peer, so that its download would prove nothing of the seed box's peer side.
 */
export function torrentWithoutWebSeeds(torrent: Uint8Array): Uint8Array {
  const metainfo = parseMetainfo(torrent);
  if (!metainfo.ok) throw new Error(metainfo.refusal.reason);
  return encodeMetainfo(metainfo.value.infoBytes, { ...metainfo.value, webSeeds: [] });
}

/** The magnet link without web seeds and without the URL of the .torrent: metadata and pieces have to come from peers. */
export function magnetWithPeersOnly(magnet: string): string {
  return magnet.replaceAll(/&(?:ws|xs)=[^&]*/g, '');
}
