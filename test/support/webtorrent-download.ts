import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import WebTorrent from 'webtorrent-hybrid';

/**
 * Downloads into `folder` with webtorrent over plain TCP: DHT, local discovery, PEX, uTP, port mapping and
 * encryption off (webtorrent does not fall back to plain by itself, and the seed box speaks nothing else).
 */
export async function downloadWithWebTorrent(
  torrent: string | Uint8Array,
  folder: string,
): Promise<void> {
  const client = new WebTorrent({
    dht: false,
    lsd: false,
    utPex: false,
    utp: false,
    natUpnp: false,
    natPmp: false,
    secure: false,
  });
  onTestFinished(() => new Promise<void>((resolve) => client.destroy(() => resolve())));
  const failed = once(client, 'error').then(([error]: unknown[]) => {
    throw error instanceof Error ? error : new Error(String(error));
  });
  const download = client.add(torrent, { path: folder });
  await Promise.race([once(download, 'done'), failed]);
}
