import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEdgeFront } from '../../seed-node/edge/edge-front.ts';
import { EdgePortTaken, EmbeddedEdge } from '../../seed-node/edge/embedded-edge.ts';
import { createLog } from '../../seed-node/log.ts';
import { invariant } from '../../shared/invariant.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

const TOKEN = 'a-token-for-the-tests';

async function startEdge(
  options: { stateDir?: string; port?: number } = {},
): Promise<EmbeddedEdge> {
  const edge = new EmbeddedEdge({
    host: '127.0.0.1',
    port: options.port ?? 0,
    stateDir: options.stateDir ?? join(createTempDir(), 'edge'),
    vars: { PUBLISHER_TOKEN: TOKEN, TRACKER_MODE: 'open' },
    log: createLog('silent', () => {}),
  });
  await edge.start();
  onTestFinished(() => edge.stop());
  return edge;
}

function get(port: number, path: string, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve(`${response.statusCode} ${Buffer.concat(parts).toString('latin1')}`),
      );
    })
      .on('error', reject)
      .end();
  });
}

const HASH = '%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f%10%11%12%13%14';
const announce = (peer: string, port: number): string =>
  `/announce?info_hash=${HASH}&peer_id=${peer.padEnd(20, '-')}&port=${port}&left=1&compact=1&event=started`;

describe('EmbeddedEdge', () => {
  test('believes no address that a client claims in a header', async () => {
    const edge = await startEdge();
    const forged = {
      'CF-Connecting-IP': '203.0.113.9',
      'MF-CF-Blob': '{"clientIp":"203.0.113.9:1"}',
    };

    await get(edge.port, announce('liar', 6001), forged);
    const seen = await get(edge.port, announce('honest', 6002));

    // Compact: 127.0.0.1:6001.
    expect(seen).toContain('5:peers6:\x7f\x00\x00\x01\x17\x71');
  });

  test('counts a browser and an ordinary client in one swarm', async () => {
    const edge = await startEdge();
    const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/announce/01`);
    await once(socket, 'open');
    const announceOverSocket = async (): Promise<unknown> => {
      socket.send(
        JSON.stringify({
          action: 'announce',
          info_hash: decodeURIComponent(HASH),
          peer_id: 'browser'.padEnd(20, '-'),
          left: 1,
          offers: [],
        }),
      );
      return new Promise((resolve) => {
        socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data))), {
          once: true,
        });
      });
    };

    expect(await announceOverSocket()).toMatchObject({ complete: 0, incomplete: 1 });
    expect(await get(edge.port, announce('client', 6001))).toContain('10:incompletei2e');
    expect(await announceOverSocket()).toMatchObject({ complete: 0, incomplete: 2 });
    socket.close();
    await waitUntil('the browser to be out of the swarm', async () => {
      const reply = await get(edge.port, announce('client', 6001));
      return reply.includes('10:incompletei1e') ? true : undefined;
    });
  });

  test('takes leave of a browser that does, so that its connection ends', async () => {
    const edge = await startEdge();
    for (const path of ['announce/01', `t/${'01'.repeat(20)}/live`]) {
      const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/${path}`);
      await once(socket, 'open');
      const closed = new Promise<boolean>((resolve) => {
        socket.addEventListener('close', ({ wasClean }) => resolve(wasClean), { once: true });
      });
      socket.close();
      expect(await closed).toBe(true);
    }
  });

  test('serves the modules that its pages name, compressed and checked by their tags', async () => {
    const edge = await startEdge();
    const origin = `http://127.0.0.1:${edge.port}`;
    const manifest: unknown = JSON.parse(
      readFileSync(new URL('../../dist/browser-manifest.json', import.meta.url), 'utf8'),
    );
    const path = String(Reflect.get(Object(manifest), 'torrent-page'));

    const response = await fetch(origin + path);

    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'gzip',
      'cache-control': 'public, max-age=86400',
      'x-content-type-options': 'nosniff',
    });
    const plain = await get(edge.port, path);
    expect(`200 ${await response.text()}`).toBe(Buffer.from(plain, 'latin1').toString());
    const etag = response.headers.get('etag') ?? '';
    const again = await fetch(origin + path, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect((await fetch(`${origin}/sw.js`)).headers.get('cache-control')).toBe('no-cache');
    const absent = ['/assets/none.js', '/_headers', '/assets/..%2fsw.js', '/assets/../_headers'];
    for (const target of absent) expect(await get(edge.port, target)).toMatch(/^404 /);
  });

  test.each(['/cdn-cgi/platform-proxy', '/cdn-cgi/handler/scheduled'])(
    'hides the doors that miniflare keeps at %s',
    async (path) => {
      const edge = await startEdge();

      expect(await get(edge.port, path)).toBe('404 Not found\n');
    },
  );

  test('keeps its state from start to start', async () => {
    const stateDir = join(createTempDir(), 'edge');
    const first = await startEdge({ stateDir });
    await get(first.port, announce('leecher', 6001));
    // A download is on disk before its reply, and with it all that came before.
    const completed = announce('leecher', 6001).replace('left=1', 'left=0');
    await get(first.port, completed.replace('event=started', 'event=completed'));
    await first.stop();

    const second = await startEdge({ stateDir });

    expect(await get(second.port, announce('another', 6002))).toContain('\x7f\x00\x00\x01\x17\x71');
  });

  test('says so when its port belongs to another program', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    invariant(typeof address === 'object' && address !== null, 'the server listens');

    await expect(startEdge({ port: address.port })).rejects.toThrow(EdgePortTaken);
  });
});

describe('createEdgeFront()', () => {
  test('carries an upgraded connection both ways, with the true address', async () => {
    const inner = createServer();
    inner.on('upgrade', (incoming, socket, head) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
      );
      socket.write(`from ${String(incoming.headers['cf-connecting-ip'])};`);
      socket.write(head);
      socket.pipe(socket);
    });
    inner.listen(0, '127.0.0.1');
    await once(inner, 'listening');
    const innerAddress = inner.address();
    invariant(typeof innerAddress === 'object' && innerAddress !== null, 'the server listens');
    const front = createEdgeFront({ host: '127.0.0.1', port: innerAddress.port });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    onTestFinished(() => {
      front.close();
      inner.close();
    });
    const address = front.address();
    invariant(typeof address === 'object' && address !== null, 'the front listens');

    const client = connect(address.port, '127.0.0.1');
    let received = '';
    client.on('data', (text) => (received += text.toString()));
    client.write('GET /announce HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n');
    client.write('CF-Connecting-IP: 203.0.113.9\r\n\r\nping');

    await waitUntil('the echo', () => (received.endsWith('ping') ? true : undefined));
    expect(received).toContain('from 127.0.0.1;ping');
    client.destroy();
  });

  test('answers 503 while the Worker is away', async () => {
    const front = createEdgeFront({ host: '127.0.0.1', port: 1 });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    onTestFinished(() => void front.close());
    const address = front.address();
    invariant(typeof address === 'object' && address !== null, 'the front listens');

    expect(await get(address.port, '/healthz')).toBe('503 The edge is restarting\n');
  });
});
