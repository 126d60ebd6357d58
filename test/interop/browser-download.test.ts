import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openPage } from '../support/chromium.ts';
import { writeTree } from '../support/content.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { createTempDir } from '../support/temp-dir.ts';

const WEBTORRENT = fileURLToPath(
  new URL('../../node_modules/webtorrent-hybrid/dist/webtorrent.min.js', import.meta.url),
);

/** Runs in the page: downloads with webtorrent, and returns each file's SHA-256 and the kinds of its peers. */
const DOWNLOAD = `async (torrentBase64, options) => {
  const { default: WebTorrent } = await import('/webtorrent.min.js');
  const client = new WebTorrent(options);
  const bytes = Uint8Array.from(atob(torrentBase64), (character) => character.charCodeAt(0));
  const torrent = client.add(bytes);
  const peerTypes = new Set();
  torrent.on('wire', (wire) => peerTypes.add(wire.type));
  await new Promise((resolve, reject) => {
    torrent.on('done', resolve);
    torrent.on('error', reject);
    client.on('error', reject);
  });
  const hashes = {};
  for (const file of torrent.files) {
    const content = await (await file.blob()).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
    hashes[file.name] = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return { hashes, peerTypes: [...peerTypes] };
}`;

const ONLY_WEBRTC = { tracker: { rtcConfig: { iceServers: [] } }, webSeeds: false };
const ONLY_WEB_SEED = { tracker: false, webSeeds: true };

test.each([
  ['v1', 'WebRTC', ONLY_WEBRTC, 'webrtc'],
  ['hybrid', 'WebRTC', ONLY_WEBRTC, 'webrtc'],
  ['v1', 'the web seed', ONLY_WEB_SEED, 'webSeed'],
] as const)(
  'a browser downloads a published %s torrent from the seed box over %s alone',
  async (format, _transport, options, peerType) => {
    const dir = createTempDir();
    writeTree(dir, { 'tree/a.bin': 20_000_000, 'tree/b.bin': 70_001 });
    const seed = new SeedProcess({
      dataDir: join(dir, 'data'),
      paths: [join(dir, 'tree')],
      env: { EVERTORRENT_FORMAT: format },
    });
    const { torrentUrl } = await seed.published();
    const { httpUrl } = await seed.ready();
    const torrent = Buffer.from(await (await fetch(torrentUrl)).arrayBuffer());
    const opened = await openPage({ '/webtorrent.min.js': WEBTORRENT });
    onTestFinished(() => opened.close());

    const result: unknown = await opened.page.evaluate(
      `(${DOWNLOAD})(${JSON.stringify(torrent.toString('base64'))}, ${JSON.stringify(options)})`,
    );

    const sha256 = (name: string): string =>
      createHash('sha256')
        .update(readFileSync(join(dir, 'tree', name)))
        .digest('hex');
    expect(result).toMatchObject({
      hashes: { 'a.bin': sha256('a.bin'), 'b.bin': sha256('b.bin') },
      peerTypes: [peerType],
    });
    const health: unknown = await (await fetch(`${httpUrl}/healthz`)).json();
    expect(health).toMatchObject({ peersByTransport: { tcp: 0 } });
  },
);
