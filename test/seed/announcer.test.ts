import { describe, expect, onTestFinished, test } from 'vitest';
import { Announcer, type Tracker } from '../../seed-node/announce/announcer.ts';
import type { SeedAnnounce } from '../../seed-node/announce/announce-url.ts';
import { TrackerRefusal } from '../../seed-node/announce/http-tracker.ts';
import { createLog } from '../../seed-node/log.ts';
import type { AnnounceReply } from '../../shared/announce.ts';
import { type Endpoint, parseIpAddress } from '../../shared/endpoint.ts';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { peerIdFromBytes } from '../../shared/peer-id.ts';
import { waitUntil } from '../support/wait-until.ts';

const peerId = peerIdFromBytes(new Uint8Array(20));
const address = parseIpAddress('192.0.2.7');
invariant(peerId !== undefined && address !== undefined, 'the fixtures parse');
const LEECHER: Endpoint = { address, port: 6881 };

function infoHashOf(byte: number): InfoHash {
  const infoHash = infoHashFromHex(byte.toString(16).padStart(2, '0').repeat(20));
  invariant(infoHash !== undefined, 'it is an info-hash');
  return infoHash;
}

/** A tracker that notes what it is told, and answers what `answer` says. */
class FakeTracker implements Tracker {
  readonly heard: SeedAnnounce[] = [];
  answer: () => Promise<AnnounceReply> = () =>
    Promise.resolve({
      intervalSeconds: 1800,
      minIntervalSeconds: 900,
      seeders: 1,
      leechers: 1,
      peers: [LEECHER],
    });

  announce(announce: SeedAnnounce): Promise<AnnounceReply> {
    this.heard.push(announce);
    return this.answer();
  }

  events(): string[] {
    return this.heard.map((announce) => announce.event);
  }
}

function startAnnouncer(
  tracker: Tracker,
  whereabouts = () => ({ port: 7000, address: '192.0.2.1' }),
): {
  announcer: Announcer;
  named: Endpoint[];
  logged: string[];
} {
  const named: Endpoint[] = [];
  const logged: string[] = [];
  invariant(peerId !== undefined, 'the fixture parses');
  const announcer = new Announcer({
    tracker,
    peerId,
    whereabouts,
    log: createLog('info', (line) => logged.push(line.trimEnd())),
    uploadedBytes: () => 42,
    onPeers: (_infoHash, peers) => named.push(...peers),
  });
  onTestFinished(() => announcer.stop());
  return { announcer, named, logged };
}

describe('Announcer', () => {
  test('says started once, names the peers that come back, and says stopped at the end', async () => {
    const tracker = new FakeTracker();
    const { announcer, named } = startAnnouncer(tracker);

    announcer.add(infoHashOf(1));
    announcer.add(infoHashOf(1));
    await waitUntil('peers', () => named[0]);
    await announcer.stop();

    expect(tracker.events()).toEqual(['started', 'stopped']);
    expect(tracker.heard[0]).toMatchObject({ port: 7000, address: '192.0.2.1', uploadedBytes: 42 });
    expect(named).toEqual([LEECHER]);
  });

  test('tries again soon while nobody answers, and then still says started', async () => {
    const tracker = new FakeTracker();
    const reply = tracker.answer;
    tracker.answer = () => Promise.reject(new Error('connection refused'));
    const { announcer, named, logged } = startAnnouncer(tracker);

    announcer.add(infoHashOf(1));
    await waitUntil('the first failure', () => logged[0]);
    tracker.answer = reply;
    await waitUntil('the return', () => named[0]);

    expect(new Set(tracker.events())).toEqual(new Set(['started']));
    expect(logged).toEqual([
      `warn: Announcing ${infoHashOf(1)} failed and is tried again: connection refused`,
      `Announcing ${infoHashOf(1)} works again`,
    ]);
  });

  test('waits as long as a refusal says', async () => {
    const tracker = new FakeTracker();
    tracker.answer = () => Promise.reject(new TrackerRefusal('not registered', 600));
    const { announcer, logged } = startAnnouncer(tracker);

    announcer.add(infoHashOf(1));
    await waitUntil('the refusal', () => logged[0]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));

    expect(tracker.heard).toHaveLength(1);
  });

  test('stop() says nothing about torrents that the tracker never knew', async () => {
    const tracker = new FakeTracker();
    tracker.answer = () => Promise.reject(new Error('connection refused'));
    const { announcer, logged } = startAnnouncer(tracker);
    announcer.add(infoHashOf(1));
    await waitUntil('the first failure', () => logged[0]);

    await announcer.stop();

    expect(tracker.events()).not.toContain('stopped');
  });

  test('announces many torrents a few at a time', async () => {
    const tracker = new FakeTracker();
    const reply = tracker.answer;
    let underWay = 0;
    let most = 0;
    tracker.answer = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay -= 1;
      return reply();
    };
    const { announcer, named } = startAnnouncer(tracker);

    for (let i = 0; i < 100; i += 1) announcer.add(infoHashOf(i));
    await waitUntil('all of them', () => (named.length === 100 ? true : undefined));

    expect(most).toBe(16);
  });

  test('moved() tells the tracker soon, also where it was just being told the old place', async () => {
    const tracker = new FakeTracker();
    let port = 7000;
    const { announcer } = startAnnouncer(tracker, () => ({ port, address: '192.0.2.1' }));
    const held = Promise.withResolvers<void>();
    const { answer } = tracker;
    tracker.answer = () => held.promise.then(answer);
    announcer.add(infoHashOf(1));
    port = 7001;
    announcer.moved();
    held.resolve();

    await waitUntil('the new place', () => (tracker.heard.length >= 2 ? true : undefined));
    expect(tracker.heard.map((announce) => announce.port)).toEqual([7000, 7001]);
    expect(tracker.events()).toEqual(['started', 'update']);
  });
});
