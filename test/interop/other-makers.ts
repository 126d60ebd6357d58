import { join } from 'node:path';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TorrentFormat } from '../../shared/info-hash.ts';
import { freePort } from '../support/free-port.ts';
import { runTool, startClient } from '../support/run-client.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The v1 and the v2 info-hash; null for one that the torrent has not. */
export type HashPair = readonly (string | null)[];

const SCRIPT = fileURLToPath(new URL('make-with-libtorrent.py', import.meta.url));

/** Makes a .torrent with libtorrent 2, and tells the hashes that it has of it. */
export function makeWithLibtorrent(
  root: string,
  format: TorrentFormat,
  pieceLengthBytes: number,
  options: { readonly padsTail?: boolean; readonly output?: string } = {},
): HashPair {
  const output = options.output ?? join(createTempDir(), 'libtorrent.torrent');
  const tail = options.padsTail === true ? 'tail' : 'no-tail';
  return python(['make', root, format, String(pieceLengthBytes), tail, output]);
}

export function hashesByLibtorrent(torrent: string): HashPair {
  return python(['load', torrent]);
}

export function hashByTransmission(torrent: string): string | undefined {
  return /^\s*Hash: ([0-9a-f]{40})$/m.exec(runTool('transmission-show', [torrent]))?.[1];
}

export function hashByAria2(torrent: string): string | undefined {
  return /^Info Hash: ([0-9a-f]{40})$/m.exec(runTool('aria2c', ['--show-files', torrent]))?.[1];
}

/** Loads a .torrent into qBittorrent, paused, and asks it what it has. */
export async function hashesByQbittorrent(torrent: string): Promise<HashPair> {
  const profile = createTempDir();
  const config = join(profile, 'qBittorrent/config');
  mkdirSync(config, { recursive: true });
  const port = await freePort();
  writeFileSync(
    join(config, 'qBittorrent.conf'),
    [
      '[LegalNotice]',
      'Accepted=true',
      '[BitTorrent]',
      'Session\\DHTEnabled=false',
      'Session\\LSDEnabled=false',
      'Session\\PeXEnabled=false',
      'Session\\Interface=lo',
      'Session\\InterfaceName=lo',
      '[Preferences]',
      'WebUI\\Address=127.0.0.1',
      'WebUI\\LocalHostAuth=false',
      'WebUI\\UPnP=false',
    ].join('\n'),
  );
  const client = startClient('qbittorrent-nox', [
    `--profile=${profile}`,
    `--webui-port=${port}`,
    '--add-paused=true',
    `--save-path=${join(profile, 'download')}`,
    torrent,
  ]);
  try {
    return await waitUntil('qBittorrent to load it', async () => loadedHashes(port), 60_000);
  } catch (error) {
    throw new Error(`qBittorrent did not load it:\n${client.output()}`, { cause: error });
  }
}

async function loadedHashes(port: number): Promise<HashPair | undefined> {
  const url = `http://127.0.0.1:${port}/api/v2/torrents/info`;
  const response = await fetch(url).catch(() => undefined);
  const torrents: unknown = response?.ok === true ? await response.json() : undefined;
  const torrent: unknown = Array.isArray(torrents) ? torrents[0] : undefined;
  if (typeof torrent !== 'object' || torrent === null) return undefined;
  return ['infohash_v1', 'infohash_v2'].map((key) => {
    const hash: unknown = Reflect.get(torrent, key);
    return typeof hash === 'string' && hash !== '' ? hash : null;
  });
}

function python(args: readonly string[]): HashPair {
  const [v1, v2] = runTool('/usr/bin/python3', [SCRIPT, ...args])
    .trim()
    .split(' ');
  return [v1, v2].map((hash) => (hash === undefined || hash === '-' ? null : hash));
}
