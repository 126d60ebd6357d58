import { env } from 'cloudflare:workers';
import { afterEach, expect, test } from 'vitest';
import { infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { requireConfig } from '../../tracker-worker/config.ts';
import { AUTHORIZED, fetchEdge } from './support/edge.ts';
import { announceOf } from './support/socket-messages.ts';
import { closeSockets, openSocket } from './support/sockets.ts';

const CONFIG = requireConfig({ ...env });

afterEach(() => {
  closeSockets();
});

test('a socket announces as many torrents as the limit, and no more, also when all are sent at once', async () => {
  // First bytes from all over: most belong to other shards than the one that holds the socket.
  const infoHashes = Array.from({ length: CONFIG.maxTorrentsPerSocket + 1 }, (_, n) => {
    const infoHash = infoHashFromHex(
      (n * 0x9e37).toString(16).slice(-4).padStart(4, '0').padEnd(40, '5'),
    );
    invariant(infoHash !== undefined, 'forty digits are an info-hash');
    return infoHash;
  });
  expect(new Set(infoHashes).size).toBe(infoHashes.length);
  for (const infoHash of infoHashes) {
    const path = `/api/allowlist/${infoHash}`;
    const response = await fetchEdge(path, { method: 'PUT', headers: AUTHORIZED });
    expect(response.status).toBe(201);
  }

  const socket = await openSocket();
  for (const infoHash of infoHashes) socket.send(announceOf(infoHash, 'many'));
  const failures: unknown[] = [];
  let served: unknown;
  for (let n = 0; n < infoHashes.length; n += 1) {
    const { 'failure reason': reason, info_hash } = await socket.next();
    if (reason === undefined) served = info_hash;
    else failures.push(reason);
  }
  expect(failures).toEqual(['you announce too many torrents on one socket']);

  // One that it has announced already is no further one.
  const [infoHash] = infoHashes;
  invariant(infoHash !== undefined, 'there are torrents');
  const again = announceOf(infoHash, 'many', { info_hash: served, event: 'completed', left: 0 });
  expect(await socket.ask(again)).not.toHaveProperty('failure reason');
}, 60_000);
