import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import WebTorrent from 'webtorrent-hybrid';

/**
 * Downloads into `folder` with webtorrent over TCP, encrypted as it does it by itself: DHT, local discovery, PEX, uTP,
 * web seeds and port mapping off. `peer`, an address and a port, is one that no tracker needs to name.
 */
export async function downloadWithWebTorrent(
  torrent: string | Uint8Array,
  folder: string,
  peer?: string,
): Promise<void> {
  const client = new WebTorrent({
    dht: false,
    lsd: false,
    utPex: false,
    utp: false,
    natUpnp: false,
    natPmp: false,
    webSeeds: false,
  });
  onTestFinished(() => new Promise<void>((resolve) => client.destroy(() => resolve())));
  const failed = once(client, 'error').then(([error]: unknown[]) => {
    throw error instanceof Error ? error : new Error(String(error));
  });
  const download = client.add(torrent, { path: folder });
  if (peer !== undefined) {
    void once(download, 'infoHash').then(() => download.addPeer(peer));
  }
  await Promise.race([once(download, 'done'), failed]);
}
