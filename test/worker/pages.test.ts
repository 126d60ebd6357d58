import { describe, expect, test } from 'vitest';
import { parseMetainfo } from '../../shared/metainfo.ts';
import { announce, announceQuery } from './support/announces.ts';
import { fetchEdge, ORIGIN, publish } from './support/edge.ts';
import { infoHashOf, sampleTorrent } from './support/torrents.ts';

const ABSENT = 'cd'.repeat(20);
let pageSize = 50;

async function pageOf(path: string): Promise<string> {
  const response = await fetchEdge(path);
  expect(response.status).toBe(200);
  return response.text();
}

describe('GET /t/:infohash.torrent', () => {
  test("puts this edge's trackers before the publisher's, keeps web seeds and the info-hash", async () => {
    const torrent = await sampleTorrent('served.bin', {
      trackers: [
        [`${ORIGIN}/announce`, 'udp://a.example:1/announce'],
        ['http://b.example/announce'],
      ],
      webSeeds: ['https://seed.example/served.bin'],
    });
    await publish(torrent.bytes);
    const response = await fetchEdge(`/t/${torrent.infoHash.toUpperCase()}.torrent`);
    expect(response.headers.get('content-type')).toBe('application/x-bittorrent');
    const served = parseMetainfo(await response.bytes());
    if (!served.ok) throw new Error(served.refusal.reason);
    expect(await infoHashOf(served.value.infoBytes)).toBe(torrent.infoHash);
    expect(served.value.trackers).toEqual([
      [`${ORIGIN}/announce`],
      [`wss://edge.example/announce/${torrent.infoHash.slice(0, 2)}`],
      ['udp://a.example:1/announce'],
      ['http://b.example/announce'],
    ]);
    expect(served.value.webSeeds).toEqual(['https://seed.example/served.bin']);
  });

  test('names each tracker once, and no more than a .torrent that is read again', async () => {
    const urls = Array.from({ length: 99 }, (_, n) => `http://${n}.example/announce`);
    const torrent = await sampleTorrent('many.bin', {
      trackers: [['http://0.example/announce'], ...urls.map((url) => [url])],
    });
    await publish(torrent.bytes);
    const response = await fetchEdge(`/t/${torrent.infoHash}.torrent`);
    const served = parseMetainfo(await response.bytes());
    if (!served.ok) throw new Error(served.refusal.reason);
    expect(served.value.trackers.flat().slice(2)).toEqual(urls.slice(0, 98));
  });

  test('takes the outside of a .torrent that is published again', async () => {
    const first = await sampleTorrent('moved.bin', { webSeeds: ['https://old.example/moved.bin'] });
    const second = await sampleTorrent('moved.bin', {
      webSeeds: ['https://new.example/moved.bin'],
    });
    await publish(first.bytes);
    await publish(second.bytes);
    const served = parseMetainfo(await (await fetchEdge(`/t/${first.infoHash}.torrent`)).bytes());
    expect(served.ok && served.value.webSeeds).toEqual(['https://new.example/moved.bin']);
  });

  test.each([
    ['plain.iso', 'plain.iso.torrent', 'plain.iso.torrent'],
    ['a"b;c\r\nx: y', 'a_b_c__x_ y.torrent', 'a_b%3Bc%EF%BF%BD%EF%BF%BDx_%20y.torrent'],
    ['Übung (1)', '_bung _1_.torrent', '%C3%9Cbung%20%281%29.torrent'],
    ['photo\u202egpj.exe', 'photo_gpj.exe.torrent', 'photo%EF%BF%BDgpj.exe.torrent'],
    ['😀'.repeat(60), `${'_'.repeat(60)}.torrent`, `${'%F0%9F%98%80'.repeat(60)}.torrent`],
  ])('names the file of %j safely', async (name, ascii, encoded) => {
    const torrent = await sampleTorrent(name);
    await publish(torrent.bytes);
    const response = await fetchEdge(`/t/${torrent.infoHash}.torrent`);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`,
    );
  });

  test.each([
    [ABSENT, 404, 'unknown-torrent'],
    ['abc', 400, 'bad-info-hash'],
  ])('of %s is a problem %i', async (hash, status, code) => {
    const response = await fetchEdge(`/t/${hash}.torrent`);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});

describe('GET /t/:infohash', () => {
  test('shows name, size, files, links, info-hash and live counts', async () => {
    const { bytes, infoHash } = await sampleTorrent('A folder', {
      paths: [['one.txt'], ['sub', 'two.txt']],
    });
    await publish(bytes);
    await announce(announceQuery(infoHash, { left: '0' }));
    const page = await pageOf(`/t/${infoHash}`);
    for (const part of [
      '<title>A folder – Evertorrent</title>',
      '<h1 dir="auto">A folder</h1>',
      `href="${ORIGIN}/t/${infoHash}.torrent"`,
      `href="magnet:?xt=urn:btih:${infoHash}&amp;dn=A%20folder`,
      `<code dir="ltr">${infoHash}</code>`,
      '<dt>Size</dt><dd>10 B</dd>',
      '<dt>Seeders</dt><dd data-part="seeders">1</dd>',
      '<dt>Leechers</dt><dd data-part="leechers">0</dd>',
      '<dt>Downloads</dt><dd data-part="downloads">0</dd>',
      '1 full copy online.',
      '2 files, published',
      '<summary><span class="name"><bdi dir="auto">sub</bdi></span><span class="size">1 file, 5 B</span></summary>',
      '<div data-offset="5" data-bytes="5"><span class="name"><bdi dir="auto">two.txt</bdi></span><span class="size">5 B</span></div>',
      'aria-label="QR code of the page of A folder"',
    ]) {
      expect(page).toContain(part);
    }
  });

  test.each([
    ['HTML', '<script>alert(1)', '&lt;script&gt;alert(1)'],
    ['an attribute', '"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img'],
    ['right-to-left text', 'photo\u202egpj.exe', 'photo\ufffdgpj.exe'],
    ['255 bytes', 'x'.repeat(255), 'x'.repeat(255)],
  ])('shows a name of %s as text', async (_case, name, shown) => {
    const { bytes, infoHash } = await sampleTorrent(name, { paths: [[name]] });
    await publish(bytes);
    // The first page may be a few seconds old: another size of it is not.
    for (const path of [`/t/${infoHash}`, `/?limit=${(pageSize += 1)}`]) {
      const page = await pageOf(path);
      expect(page).toContain(shown);
      expect(page).not.toMatch(/<script(?! type="module" src="\/assets\/)|<img|\u202e/);
    }
  });

  test('lists 500 files at a time, in folders that say how much is in them', async () => {
    const paths = Array.from({ length: 501 }, (_, n) => ['folder', `file ${n}`]);
    const { bytes, infoHash } = await sampleTorrent('many files', { paths });
    await publish(bytes);
    const first = await pageOf(`/t/${infoHash}`);
    expect(first).toContain('>file 499<');
    expect(first).not.toContain('>file 500<');
    expect(first).toContain('<details><summary>');
    expect(first).toContain('501 files, 2.5 kB');
    expect(first).toContain('Files 1 to 500 of 501.');
    expect(first).toContain('href="?files=2#files"');
    for (const page of ['2', '3', '999999']) {
      const last = await pageOf(`/t/${infoHash}?files=${page}`);
      expect(last).not.toContain('>file 499<');
      expect(last).toContain('>file 500<');
    }
  });

  test('lets nothing in but its own stylesheet, modules, and what they connect to', async () => {
    const { bytes, infoHash } = await sampleTorrent('policy');
    await publish(bytes);
    const response = await fetchEdge(`/t/${infoHash}`);
    const style = /<style>(.*)<\/style>/s.exec(await response.text())?.[1] ?? '';
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; script-src 'self'; connect-src 'self' wss://edge.example; worker-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  test('lets its modules connect to the web seeds and WebSocket trackers of the .torrent, by clean origins', async () => {
    const { bytes, infoHash } = await sampleTorrent('connects', {
      trackers: [['wss://tracker.example/announce', 'http://plain.example/announce']],
      webSeeds: [
        'https://seed.example:8443/a/',
        "https://evil.example;script-src 'unsafe-inline'/b",
      ],
    });
    await publish(bytes);
    const policy = (await fetchEdge(`/t/${infoHash}`)).headers.get('content-security-policy');
    expect(policy).toContain(
      "connect-src 'self' wss://edge.example wss://tracker.example https://seed.example:8443;",
    );
    expect(policy).not.toContain('unsafe-inline');
  });

  test('without a seed says so, and what to do', async () => {
    const { bytes, infoHash } = await sampleTorrent('alone');
    await publish(bytes);
    const page = await pageOf(`/t/${infoHash}`);
    expect(page).toContain('No full copy is online now.');
    expect(page).toContain('Keep the .torrent or the magnet link');
  });

  test.each([ABSENT, 'abc', 'ab'.repeat(32)])('%s is a page that says 404', async (hash) => {
    const response = await fetchEdge(`/t/${hash}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toContain('Not found');
  });
});

describe('the other routes', () => {
  test('GET / lists the newest publications first, linked', async () => {
    const { bytes, infoHash } = await sampleTorrent('on the first page');
    await publish(bytes);
    expect(await pageOf('/')).toContain(
      `<a href="/t/${infoHash}"><bdi>on the first page</bdi></a>`,
    );
  });

  test('GET /healthz says ok', async () => {
    expect(await (await fetchEdge('/healthz')).json()).toEqual({ status: 'ok' });
  });

  test.each(['/', '/healthz', '/announce', '/scrape'])(
    'HEAD %s has the status alone',
    async (path) => {
      const response = await fetchEdge(path, { method: 'HEAD' });
      expect([response.status, await response.text()]).toEqual([200, '']);
    },
  );

  test('an unknown path is a problem for programs, a page for browsers', async () => {
    const problem = await fetchEdge('/nowhere');
    expect(problem.status).toBe(404);
    expect(await problem.json()).toMatchObject({ code: 'no-such-route' });
    const page = await fetchEdge('/nowhere', { headers: { accept: 'text/html,*/*' } });
    expect(page.status).toBe(404);
    expect(await page.text()).toContain('There is no such page.');
  });
});
