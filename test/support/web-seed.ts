import { request } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startSeedServer } from '../../seed-node/http/seed-server.ts';
import { type ActiveTorrent, ActiveTorrents } from '../../seed-node/library/active-torrents.ts';
import { Library, type LibraryTorrent } from '../../seed-node/library/library.ts';
import { createLog } from '../../seed-node/log.ts';
import { addToLibrary } from '../../seed-node/publish/add-to-library.ts';
import { FilePool } from '../../seed-node/storage/file-pool.ts';
import { RunCache } from '../../seed-node/storage/run-cache.ts';
import { Turns } from '../../seed-node/storage/turns.ts';
import type { UploadThrottle } from '../../seed-node/transport/upload-throttle.ts';
import type { TorrentFormat } from '../../shared/info-hash.ts';
import { writeTree } from './content.ts';

/** The real thing, which also tells how often torrents are in use. */
class CountedTorrents extends ActiveTorrents {
  users = 0;

  override retain(torrent: ActiveTorrent): void {
    this.users += 1;
    super.retain(torrent);
  }

  override release(torrent: ActiveTorrent): void {
    this.users -= 1;
    super.release(torrent);
  }
}

export interface WebSeed {
  readonly origin: string;
  readonly port: number;
  readonly torrent: LibraryTorrent;
  readonly torrents: CountedTorrents;
  readonly logged: string[];
}

/** Writes `files` below `root`, publishes the first one's top name and serves it over HTTP. */
export async function startWebSeed(
  root: string,
  files: Readonly<Record<string, number>>,
  format: TorrentFormat = 'v1',
  throttle?: UploadThrottle,
): Promise<WebSeed> {
  writeTree(root, files);
  const library = new Library(':memory:');
  const top = Object.keys(files)[0]?.split('/')[0] ?? '';
  const torrent = await addToLibrary(library, join(root, top), {
    format,
    onProgress: () => {},
    onSkipped: () => {},
    signal: new AbortController().signal,
  });
  const logged: string[] = [];
  const log = createLog('debug', (line) => logged.push(line.trimEnd()));
  const pool = new FilePool();
  const torrents = new CountedTorrents(library, {
    files: pool,
    cache: new RunCache(),
    verifications: new Turns(2),
    log,
  });
  const health = () => ({
    torrents: library.count(),
    peers: 0,
    peersByTransport: { tcp: 0, webrtc: 0 },
    uploadedBytes: 0,
  });
  const peers = { slots: { served: 0, waiting: 0 }, closedByReason: new Map() };
  const components = { health, peers, torrents, log, throttle, onSent: () => {} };
  const { server, port } = await startSeedServer('127.0.0.1', 0, components);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    pool.closeIdle();
    library.close();
  });
  return { origin: `http://127.0.0.1:${port}`, port, torrent, torrents, logged };
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Whether the connection broke before the body's end. */
  readonly isCut: boolean;
}

/** A request with a target that no client library tidies up first. */
export function requestRaw(
  port: number,
  target: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: target, ...options }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => {});
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
          isCut: !response.complete,
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}
