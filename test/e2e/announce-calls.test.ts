import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { expect, onTestFinished, test } from 'vitest';
import { loadEdgeBundle } from '../../seed-node/edge/edge-bundle.ts';
import { invariant } from '../../shared/invariant.ts';
import { createTempDir } from '../support/temp-dir.ts';

/** The bundle as it is deployed, but for a shard that takes its time to answer. */
const SLOW_EDGE = `
  import edge, { Catalog, SwarmShard as Shard } from './index.js';
  export class SwarmShard extends Shard {
    async announce(batch) {
      await scheduler.wait(Number(this.env.CALL_MS));
      return super.announce(batch);
    }
  }
  export { Catalog };
  export default edge;
`;

const INFO_HASH = '%ab'.repeat(20);

interface Client {
  /** The body of the answer; `undefined` for a client that left. */
  readonly answer: Promise<string | undefined>;
  readonly leave: () => void;
}

interface SlowEdge {
  /** Announces as the client of a number below 65,536, from an address of its own. */
  readonly announce: (client: number) => Client;
  /** Calls that shards were asked with so far; to be asked once, as the figures are kept for ten seconds. */
  readonly calls: () => Promise<number>;
}

async function startSlowEdge(callMs: number): Promise<SlowEdge> {
  const { scriptPath, script, workerOptions } = await loadEdgeBundle();
  const { bindings } = workerOptions;
  invariant(typeof bindings === 'object' && bindings !== null, 'the Worker has variables');
  const modulesRoot = dirname(scriptPath);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      name: 'evertorrent',
      modulesRoot,
      modules: [
        { type: 'ESModule', path: join(modulesRoot, 'slow.js'), contents: SLOW_EDGE },
        { type: 'ESModule', path: scriptPath, contents: script },
      ],
      bindings: {
        ...bindings,
        TRACKER_MODE: 'open',
        SWARM_SHARDS: '1',
        CALL_MS: String(callMs),
      },
      resourcePersistencePath: createTempDir(),
      host: '127.0.0.1',
      port: 0,
      cf: false,
    }),
  );
  onTestFinished(() => miniflare.dispose());
  const { origin } = await miniflare.ready;
  return {
    announce: (client) => {
      const low = client % 256;
      const high = (client - low) / 256;
      const peerId = `-EV0001-${String(client).padStart(12, '0')}`;
      const query = `info_hash=${INFO_HASH}&peer_id=${peerId}&port=6881&left=1&numwant=0`;
      const headers = { 'cf-connecting-ip': `10.0.${high}.${low}`, connection: 'close' };
      const sent = request(`${origin}/announce?${query}`, { headers });
      const answer = new Promise<string | undefined>((resolve) => {
        sent.on('response', (response) => {
          let body = '';
          response.setEncoding('latin1').on('data', (text: string) => (body += text));
          response.on('close', () => resolve(`${response.statusCode} ${body}`));
        });
        sent.on('error', () => resolve(undefined));
      });
      sent.end();
      return { answer, leave: () => sent.destroy() };
    },
    calls: async () => {
      const response = await fetch(`${origin}/metrics`);
      const [, calls] =
        /^evertorrent_announce_calls_total\{.*\} (\d+)$/m.exec(await response.text()) ?? [];
      return Number(calls);
    },
  };
}

/** What the client of a number is to be told: its own address, so that no answer can be another's. */
function answerTo(client: number): RegExp {
  const low = String.fromCharCode(client % 256).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const high = String.fromCharCode(Math.floor(client / 256));
  return new RegExp(
    `^200 d8:completei0e.*external ip4:\n\\x00[${high}][${low}]10:incompletei\\d+e`,
    's',
  );
}

test('clients that come during a call share the next one, and each is told its own', async () => {
  const edge = await startSlowEdge(400);
  const first = edge.announce(0);
  await sleep(100);
  const others = [1, 2, 3, 4, 5].map((client) => edge.announce(client));
  for (const [client, { answer }] of [first, ...others].entries()) {
    expect(await answer).toMatch(answerTo(client));
  }
  expect(await edge.calls()).toBe(2);
});

test('a client that leaves takes no answer of others with it, whoever called for them', async () => {
  const edge = await startSlowEdge(400);
  const caller = edge.announce(0);
  await sleep(100);
  // The first of those who wait is the one that another design would hand the next call to.
  const waiting = [1, 2, 3].map((client) => edge.announce(client));
  await sleep(100);
  caller.leave();
  waiting[0]?.leave();
  expect(await waiting[1]?.answer).toMatch(answerTo(2));
  expect(await waiting[2]?.answer).toMatch(answerTo(3));
  expect(await edge.announce(4).answer).toMatch(answerTo(4));
});

test('a crowd of which a third leaves at any moment is answered, and in a fraction of the calls', async () => {
  const edge = await startSlowEdge(20);
  const staying: { readonly client: number; readonly answer: Client['answer'] }[] = [];
  for (let client = 0; client < 600; client += 1) {
    const { answer, leave } = edge.announce(client);
    if (client % 3 === 0) setTimeout(leave, (client * 7) % 40);
    else staying.push({ client, answer });
    if (client % 10 === 0) await sleep(1);
  }
  expect(staying).toHaveLength(400);
  for (const { client, answer } of staying) expect(await answer).toMatch(answerTo(client));
  expect(await edge.announce(1000).answer).toMatch(answerTo(1000));
  expect(await edge.calls()).toBeLessThan(200);
});

test('a client that waits for a shard without an answer is told to come back', async () => {
  const edge = await startSlowEdge(30_000);
  const caller = edge.announce(0);
  await sleep(100);
  expect(await edge.announce(1).answer).toMatch(/^200 d.*the tracker is busy, try again soon.*e$/);
  caller.leave();
});
