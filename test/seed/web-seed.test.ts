import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UploadThrottle } from '../../seed-node/transport/upload-throttle.ts';
import { swarmsOf } from '../../shared/info-hash.ts';
import { MAX_WEB_SEED_TARGET_CHARACTERS } from '../../shared/web-seed-headers.ts';
import { makeBytes } from '../support/content.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';
import { requestRaw, startWebSeed, type WebSeed } from '../support/web-seed.ts';

const PIECE = 16 * 1024;
const SIZE = 3 * PIECE + 100;
const MIB = 1024 * 1024;

/** A file of several pieces behind its URL, and its bytes. */
async function serveFile(name = 'one file.bin', size = SIZE, throttle?: UploadThrottle) {
  const root = createTempDir();
  const seed = await startWebSeed(root, { [name]: size }, 'v1', throttle);
  const [infoHash] = swarmsOf(seed.torrent.hashes);
  const target = `/webseed/${infoHash}/${encodeURIComponent(name)}`;
  return {
    ...seed,
    path: join(root, name),
    bytes: readFileSync(join(root, name)),
    infoHash,
    target,
  };
}

/** A folder behind its base, which ends with a slash. */
async function serveTree(files: Readonly<Record<string, number>>, format?: 'v1' | 'hybrid' | 'v2') {
  const root = createTempDir();
  const seed = await startWebSeed(root, files, format);
  const [infoHash] = swarmsOf(seed.torrent.hashes);
  return { ...seed, root, infoHash, base: `/webseed/${infoHash}/` };
}

async function health({ origin }: WebSeed): Promise<{ webSeedBytes: number }> {
  const answer: unknown = await (await fetch(`${origin}/healthz`)).json();
  const webSeedBytes: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'webSeedBytes') : undefined;
  if (typeof webSeedBytes !== 'number') throw new Error('The health has no webSeedBytes');
  return { webSeedBytes };
}

/** Writes one byte that differs, in place. */
function corrupt(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

/** Asks for the whole file and takes nothing of it. */
async function stall(seed: Awaited<ReturnType<typeof serveFile>>) {
  const client = connect(seed.port, '127.0.0.1');
  client.on('error', () => {});
  client.pause();
  client.write(`GET ${seed.target} HTTP/1.1\r\nHost: x\r\n\r\n`);
  // Until nothing more goes out: what the client does not take is not read.
  let lastBytes = 0;
  const stalledBytes = await waitUntil('the transfer to stall', async () => {
    const { webSeedBytes } = await health(seed);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const isStill = webSeedBytes > 0 && webSeedBytes === lastBytes;
    lastBytes = webSeedBytes;
    return isStill ? webSeedBytes : undefined;
  });
  return { client, stalledBytes };
}

describe('GET and HEAD of a file', () => {
  test('GET gives all of it, and says that ranges are served', async () => {
    const { port, target, bytes, infoHash } = await serveFile();

    const { status, headers, body } = await requestRaw(port, target);

    expect(status).toBe(200);
    expect(body.equals(bytes)).toBe(true);
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': String(SIZE),
      'content-type': 'application/octet-stream',
      etag: `"${infoHash}-0"`,
      'cache-control': 'public, max-age=31536000, immutable, no-transform',
    });
    expect(headers).not.toHaveProperty('content-range');
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  test('HEAD gives what GET says, without the bytes and whatever the range', async () => {
    const { port, target } = await serveFile();

    const head = await requestRaw(port, target, {
      method: 'HEAD',
      headers: { range: 'bytes=1-2' },
    });
    const get = await requestRaw(port, target);

    expect([head.status, head.body.length]).toEqual([200, 0]);
    for (const name of ['content-length', 'etag', 'accept-ranges', 'content-type']) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
  });

  const parts: [range: string, start: number, end: number][] = [
    ['bytes=0-0', 0, 0],
    ['bytes=0-', 0, SIZE - 1],
    [`bytes=${PIECE - 1}-${PIECE}`, PIECE - 1, PIECE],
    [`bytes=${PIECE}-${2 * PIECE - 1}`, PIECE, 2 * PIECE - 1],
    ['bytes=5-40000', 5, 40_000],
    [`bytes=${SIZE - 1}-`, SIZE - 1, SIZE - 1],
    [`bytes=10-${SIZE + 1000}`, 10, SIZE - 1],
    ['bytes=10-99999999999999999999', 10, SIZE - 1],
    ['bytes=-1', SIZE - 1, SIZE - 1],
    [`bytes=-${SIZE + 1}`, 0, SIZE - 1],
    ['BYTES=7-8', 7, 8],
  ];
  test('a range gives just its bytes', async () => {
    const { port, target, bytes } = await serveFile();
    for (const [range, start, end] of parts) {
      const { status, headers, body } = await requestRaw(port, target, { headers: { range } });
      expect([range, status]).toEqual([range, 206]);
      expect(headers['content-range']).toBe(`bytes ${start}-${end}/${SIZE}`);
      expect(headers['content-length']).toBe(String(end - start + 1));
      expect(body.equals(bytes.subarray(start, end + 1))).toBe(true);
    }
  });

  test.each([
    `bytes=${SIZE}-`,
    `bytes=${SIZE}-${SIZE}`,
    'bytes=-0',
    'bytes=0-0,5-6',
    'bytes=0-,-1',
  ])('%s is 416 and tells the size', async (range) => {
    const { port, target } = await serveFile();
    const { status, headers, body } = await requestRaw(port, target, { headers: { range } });
    expect([status, headers['content-range']]).toEqual([416, `bytes */${SIZE}`]);
    expect(body.length).toBeLessThan(100);
  });

  test.each(['bytes=5-4', 'bytes=', 'bytes=-', 'bytes=a-b', 'items=0-1', 'bytes 0-1', '0-1'])(
    '%s is no range, and the whole file is given',
    async (range) => {
      const { port, target } = await serveFile();
      const { status, body } = await requestRaw(port, target, { headers: { range } });
      expect([status, body.length]).toEqual([200, SIZE]);
    },
  );

  test('a file of no bytes is given whole, and has no range', async () => {
    const { port, base } = await serveTree({ 'tree/empty': 0, 'tree/full': 5 });
    const target = `${base}tree/empty`;
    const whole = await requestRaw(port, target);
    expect([whole.status, whole.headers['content-length'], whole.body.length]).toEqual([
      200,
      '0',
      0,
    ]);
    const part = await requestRaw(port, target, { headers: { range: 'bytes=0-0' } });
    expect([part.status, part.headers['content-range']]).toEqual([416, 'bytes */0']);
  });

  test.each(['POST', 'PUT', 'DELETE'])('%s is 405', async (method) => {
    const { port, target } = await serveFile();
    const { status, headers } = await requestRaw(port, target, { method });
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});

describe('conditional requests', () => {
  test('If-None-Match of what is there is 304 without bytes', async () => {
    const { port, target } = await serveFile();
    const { etag = '' } = (await requestRaw(port, target)).headers;
    for (const value of [String(etag), `"other", W/${String(etag)}`, '*']) {
      const { status, headers, body } = await requestRaw(port, target, {
        headers: { 'if-none-match': value, range: 'bytes=0-9' },
      });
      expect([value, status, body.length, headers['etag']]).toEqual([value, 304, 0, etag]);
    }
    const other = await requestRaw(port, target, { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  test('If-Range gives the part only under the very same tag', async () => {
    const { port, target } = await serveFile();
    const etag = String((await requestRaw(port, target)).headers['etag']);
    const statusOf = async (value: string): Promise<number> => {
      const headers = { range: 'bytes=0-9', 'if-range': value };
      return (await requestRaw(port, target, { headers })).status;
    };
    expect(await statusOf(etag)).toBe(206);
    expect(await statusOf(`W/${etag}`)).toBe(200);
    expect(await statusOf('"other"')).toBe(200);
    expect(await statusOf('Wed, 21 Oct 2015 07:28:00 GMT')).toBe(200);
  });

  test('every file has a tag of its own, the same under either info-hash', async () => {
    const { port, torrent } = await serveTree({ 'tree/a': 5, 'tree/b': 5 }, 'hybrid');
    const { v1 = '', v2 = '' } = torrent.hashes;
    const tagOf = async (hash: string, name: string): Promise<unknown> =>
      (await requestRaw(port, `/webseed/${hash}/tree/${name}`)).headers['etag'];
    expect(await tagOf(v1, 'a')).not.toBe(await tagOf(v1, 'b'));
    for (const hash of [v2, v2.slice(0, 40), v1.toUpperCase()]) {
      expect(await tagOf(hash, 'a')).toBe(await tagOf(v1, 'a'));
    }
  });
});

describe('browsers', () => {
  test('a page of any origin may ask for ranges and read what it needs of the answer', async () => {
    const { port, target } = await serveFile();
    const preflight = await requestRaw(port, target, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://page.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'cache-control,range,user-agent',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    expect(preflight.headers['access-control-allow-methods']).toContain('GET');
    const allowed = String(preflight.headers['access-control-allow-headers']).toLowerCase();
    expect(allowed.split(', ')).toEqual(
      expect.arrayContaining(['range', 'if-range', 'cache-control', 'user-agent']),
    );
    expect(Number(preflight.headers['access-control-max-age'])).toBeGreaterThanOrEqual(3600);

    const statuses: Record<string, Record<string, string>> = {
      200: {},
      206: { range: 'bytes=0-9' },
      304: { 'if-none-match': '*' },
      416: { range: `bytes=${SIZE}-` },
    };
    for (const [expected, headers] of Object.entries(statuses)) {
      const answer = await requestRaw(port, target, { headers });
      expect(String(answer.status)).toBe(expected);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      const exposed = String(answer.headers['access-control-expose-headers']);
      for (const name of ['Content-Range', 'Content-Length', 'Accept-Ranges', 'ETag']) {
        expect(exposed).toContain(name);
      }
    }
  });

  test.each([
    ['page.html', 'application/octet-stream'],
    ['PAGE.XHTML', 'application/octet-stream'],
    ['drawing.svg', 'application/octet-stream'],
    ['script.js', 'application/octet-stream'],
    ['film.mp4', 'video/mp4'],
    ['photo.JPG', 'image/jpeg'],
    ['notes.txt', 'text/plain; charset=utf-8'],
    ['no extension', 'application/octet-stream'],
  ])('%s is sent as %s, to be saved and never run', async (name, type) => {
    const { port, target } = await serveFile(name);
    const { headers } = await requestRaw(port, target);
    expect(headers).toMatchObject({
      'content-type': type,
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
  });
});

describe('paths', () => {
  test('a folder’s files answer below its name, in every spelling that clients use', async () => {
    const files = {
      'tree/a b.txt': 10,
      'tree/100%.txt': 20,
      'tree/%41.txt': 30,
      'tree/who?.txt': 40,
      'tree/#1.txt': 50,
      'tree/sub/日本語.txt': 60,
      "tree/!'()*+&=;,.txt": 70,
    };
    const { port, base } = await serveTree(files);
    const spellings: [target: string, size: number][] = [
      ['tree/a%20b.txt', 10],
      ['/tree/a%20b.txt', 10],
      ['tree/100%25.txt', 20],
      ['tree/100%.txt', 20],
      ['tree/%2541.txt', 30],
      // As webtorrent sends it.
      ['tree/%41.txt', 30],
      ['tree/who%3F.txt', 40],
      ['tree/who?.txt', 40],
      ['tree/%231.txt', 50],
      ['tree/sub/%E6%97%A5%E6%9C%AC%E8%AA%9E.txt', 60],
      ['tree/sub/%e6%97%a5%e6%9c%ac%e8%aa%9e.txt?from=a-cache', 60],
      ["tree/!'()*+&=;,.txt", 70],
      ['tree/%21%27%28%29%2A%2B%26%3D%3B%2C.txt', 70],
    ];
    for (const [target, size] of spellings) {
      const { status, body } = await requestRaw(port, base + target);
      expect([target, status, body.length]).toEqual([target, 200, size]);
    }
    for (const [name, size] of Object.entries(files)) {
      const encoded = name.split('/').map(encodeURIComponent).join('/');
      const { body } = await requestRaw(port, base + encoded);
      expect(body.equals(makeBytes(size, name))).toBe(true);
    }
  });

  test('a torrent of one file answers at its base too, a folder of several does not', async () => {
    const one = await serveTree({ 'tree/only.txt': 10 });
    for (const target of [one.base, one.base.slice(0, -1), `${one.base}tree/only.txt`]) {
      const { status, body } = await requestRaw(one.port, target);
      expect([target, status, body.length]).toEqual([target, 200, 10]);
    }
    const several = await serveTree({ 'tree/a': 1, 'tree/b': 2 });
    for (const target of [several.base, `${several.base}tree`, `${several.base}tree/`]) {
      expect((await requestRaw(several.port, target)).status).toBe(404);
    }
  });

  test.each([
    '../../../etc/passwd',
    'tree/../../secret.txt',
    'tree/%2e%2e/%2e%2e/secret.txt',
    'tree/..%2f..%2fsecret.txt',
    'tree/..%5c..%5csecret.txt',
    'tree/a%00',
    'tree/%c0%ae%c0%ae/secret.txt',
    '%2fetc%2fpasswd',
    '/etc/passwd',
    'secret.txt',
    'tree/unpublished.txt',
    'a',
    'tree/a/b',
    'tree/.pad/0',
    'tree/.pad/5',
    'tree/.pad/99999999999999999999',
  ])('%s is no file of the torrent', async (target) => {
    const { port, base, root } = await serveTree({ 'tree/a': 10, 'tree/b': 5 });
    writeFileSync(join(root, 'secret.txt'), 'SECRET');
    writeFileSync(join(root, 'tree/unpublished.txt'), 'SECRET');
    const { status, body } = await requestRaw(port, base + target);
    expect([status, body.includes('SECRET')]).toEqual([404, false]);
  });

  test.each(['ab'.repeat(20), 'ab'.repeat(32), 'abc', '', '..', 'zz'.repeat(20)])(
    '/webseed/%s/… is 404',
    async (hash) => {
      const { port } = await serveFile('x');
      expect((await requestRaw(port, `/webseed/${hash}/x`)).status).toBe(404);
    },
  );

  test('a target of the longest length is looked up, one past it is 414', async () => {
    const { port, target } = await serveFile('x');
    const longest = `${target}?`.padEnd(MAX_WEB_SEED_TARGET_CHARACTERS, 'x');
    expect((await requestRaw(port, longest)).status).toBe(200);
    expect((await requestRaw(port, `${longest}x`)).status).toBe(414);
  });
});

describe('v2 and hybrid torrents', () => {
  const FILES = { 'tree/a': PIECE + 100, 'tree/b': 5, 'tree/c': 2 * PIECE };

  test.each(['hybrid', 'v2'] as const)('the files of a %s folder are whole', async (format) => {
    const { port, base } = await serveTree(FILES, format);
    for (const [name, size] of Object.entries(FILES)) {
      const { body } = await requestRaw(port, base + name);
      expect(body.equals(makeBytes(size, name))).toBe(true);
    }
  });

  test('padding is zeros under the name that it has in the .torrent', async () => {
    const { port, base } = await serveTree(FILES, 'hybrid');
    for (const length of [PIECE - 100, PIECE - 5]) {
      const { status, body } = await requestRaw(port, `${base}tree/.pad/${length}`);
      expect([status, body.length]).toEqual([200, length]);
      expect(body.every((byte) => byte === 0)).toBe(true);
    }
    const part = await requestRaw(port, `${base}tree/.pad/${PIECE - 5}`, {
      headers: { range: 'bytes=-7' },
    });
    expect([part.status, part.body]).toEqual([206, Buffer.alloc(7)]);
    expect((await requestRaw(port, `${base}tree/.pad/${PIECE - 4}`)).status).toBe(404);
  });
});

describe('a damaged file', () => {
  test('a bad piece is 503 before its first byte, and its good neighbours are served', async () => {
    const { port, target, path, bytes } = await serveFile();
    corrupt(path, PIECE + 7);

    for (const range of [`bytes=${PIECE}-${PIECE}`, `bytes=${2 * PIECE - 1}-${2 * PIECE}`]) {
      const { status, headers, body } = await requestRaw(port, target, { headers: { range } });
      expect([status, headers['retry-after']]).toEqual([503, '60']);
      expect(body.toString()).toBe('The file is damaged here\n');
    }
    const good = await requestRaw(port, target, { headers: { range: `bytes=0-${PIECE - 1}` } });
    expect(good.body.equals(bytes.subarray(0, PIECE))).toBe(true);
  });

  test('a bad piece in the middle cuts the answer off behind the last good one', async () => {
    const { port, target, path, bytes, torrents } = await serveFile();
    corrupt(path, 2 * PIECE + 7);

    const { status, body, isCut } = await requestRaw(port, target);

    expect([status, isCut]).toEqual([200, true]);
    expect(body.length).toBeLessThanOrEqual(2 * PIECE);
    expect(body.equals(bytes.subarray(0, body.length))).toBe(true);
    expect(torrents.users).toBe(0);
  });

  test.each([
    ['gone', (path: string) => rmSync(path)],
    ['cut short', (path: string) => writeFileSync(path, 'short')],
    ['another of the same size', (path: string) => writeFileSync(path, makeBytes(SIZE, 'other'))],
  ])('a file that is %s gives not one byte, and again when it is back', async (_case, damage) => {
    const { port, target, path, bytes } = await serveFile();
    damage(path);
    const { status, body } = await requestRaw(port, target);
    expect([status, body.toString()]).toEqual([503, 'The file is damaged here\n']);

    writeFileSync(path, bytes);
    expect((await requestRaw(port, target)).body.equals(bytes)).toBe(true);
  });
});

describe('slow clients and those that leave', () => {
  const BIG = 32 * MIB;

  test('what a client does not take is not read', async () => {
    const seed = await serveFile('big.bin', BIG);
    const { client, stalledBytes } = await stall(seed);
    // The operating system's buffers take some.
    expect(stalledBytes).toBeLessThan(BIG / 2);
    expect(seed.torrents.users).toBe(1);
    client.destroy();
  });

  test('a client that leaves frees the torrent, and others are served on', async () => {
    const seed = await serveFile('big.bin', BIG);
    const { client } = await stall(seed);

    client.destroy();

    await waitUntil('the torrent to be free', () => (seed.torrents.users === 0 ? true : undefined));
    const { body } = await requestRaw(seed.port, seed.target, { headers: { range: 'bytes=-10' } });
    expect(body.equals(seed.bytes.subarray(BIG - 10))).toBe(true);
    expect(statSync(seed.path).size).toBe(BIG);
  });

  test('many at once get their own bytes', async () => {
    const { port, target, bytes } = await serveFile('many.bin', 5 * MIB);
    const starts = Array.from({ length: 40 }, (_, n) => n * 100_000);
    const bodies = await Promise.all(
      starts.map((start) =>
        requestRaw(port, target, { headers: { range: `bytes=${start}-${start + 999_999}` } }),
      ),
    );
    for (const [n, start] of starts.entries()) {
      expect(bodies[n]?.body.equals(bytes.subarray(start, start + 1_000_000))).toBe(true);
    }
  });
});

describe('an upload limit', () => {
  const RATE = 64 * 1024;
  const BURST_BYTES = 128 * 1024;

  test('holds transfers to the rate, and who leaves while it waits frees the torrent', async () => {
    let nowMs = 0;
    const throttle = new UploadThrottle(RATE, () => nowMs);
    onTestFinished(() => throttle.close());
    const seed = await serveFile('slow.bin', BURST_BYTES + 2 * RATE, throttle);
    const sent = async (): Promise<number> => (await health(seed)).webSeedBytes;
    const reaches = async (bytes: number): Promise<void> => {
      await expect.poll(sent, { timeout: 10_000 }).toBeGreaterThanOrEqual(bytes);
      // Longer than the throttle's timer sleeps: what it would let through by mistake has then left.
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(await sent()).toBe(bytes);
    };
    const stays = requestRaw(seed.port, seed.target);
    await reaches(BURST_BYTES);
    const leaves = connect(seed.port, '127.0.0.1');
    leaves.write(`GET ${seed.target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await waitUntil('both', () => (seed.torrents.users === 2 ? true : undefined));
    leaves.destroy();
    await waitUntil('one to leave', () => (seed.torrents.users === 1 ? true : undefined));

    nowMs += 1_000;
    await reaches(BURST_BYTES + RATE);
    nowMs += 1_000;

    expect((await stays).body.equals(seed.bytes)).toBe(true);
  });
});

describe('GET /metrics', () => {
  test('counts what the web seed sent', async () => {
    const seed = await serveFile('a.bin', 20_000);
    await requestRaw(seed.port, seed.target);
    const answer = await fetch(`${seed.origin}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    expect(text).toContain('evertorrent_seed_uploaded_bytes_total{way="web-seed"} 20000\n');
    expect(text).toContain('evertorrent_seed_torrents 1\n');
  });
});
