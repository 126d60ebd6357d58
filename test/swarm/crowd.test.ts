import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type InfoHash, infoHashFromHex } from '../../shared/info-hash.ts';
import { parseMetainfo } from '../../shared/metainfo.ts';
import type { TorrentInfo } from '../../shared/torrent-info.ts';
import { writeTree } from '../support/content.ts';
import { SeedProcess } from '../support/seed-process.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';
import { accepted, required } from '../unit/shared/required.ts';
import { addressOf, CrowdPeer, INTERESTED } from './crowd-peer.ts';
import { HonestLeecher } from './honest-leecher.ts';
import { HOSTILE } from './hostile-leechers.ts';
import { SeedMetrics } from './seed-metrics.ts';
import { STALLED } from './stalled-leechers.ts';

const MIB = 1024 * 1024;
const HONEST_PEERS = 400;
const STALLED_PEERS = 50;
const HOSTILE_PEERS = 50;
/** Of the hostile ones, those who come again and again under new names. */
const RETURNING_PEERS = 2;
const RETURN_MS = 200;
/** What ARCHITECTURE.md says ("Measured"). */
const MAX_RESIDENT_BYTES = 512 * MIB;
const MAX_SLOT_MS = 60_000;
const HONEST_TIMEOUT_MS = 240_000;
const DROP_TIMEOUT_MS = 100_000;
const POLL_MS = 500;

interface CrowdTorrent {
  readonly infoHash: InfoHash;
  readonly info: TorrentInfo;
}

test('a seed serves 400 honest leechers while 50 stall and 50 are hostile', async () => {
  const dir = createTempDir();
  writeTree(dir, { large: 16 * MIB, 'folder/a': 5 * MIB, 'folder/b': 3 * MIB + 7, small: 4 * MIB });
  const paths = ['large', 'folder', 'small'].map((name) => join(dir, name));
  const seed = new SeedProcess({ dataDir: join(dir, 'data'), paths });
  const { peerPort, httpUrl } = await seed.ready();
  const torrents = await Promise.all(
    seed.publications.map(async ({ torrentUrl, infoHash }): Promise<CrowdTorrent> => {
      const bytes = new Uint8Array(await (await fetch(torrentUrl)).arrayBuffer());
      return {
        infoHash: required(infoHashFromHex(infoHash ?? '')),
        info: accepted(parseMetainfo(bytes)).info,
      };
    }),
  );
  expect(torrents).toHaveLength(paths.length);
  let peers = 0;
  const nextPlace = (): { port: number; localAddress: string } => {
    peers += 1;
    return { port: peerPort, localAddress: addressOf(peers) };
  };
  const memory = watchMemory(httpUrl);

  // The bad ones come first: they have their slots when the others arrive.
  const kinds = Object.values(STALLED);
  const stalled = Array.from({ length: STALLED_PEERS }, (_, n) =>
    nth(kinds, n)(nextPlace(), nth(torrents, n).infoHash),
  );
  await waitUntil('the slots to be taken', async () =>
    (await SeedMetrics.read(httpUrl)).servedPeers >= STALLED_PEERS ? true : undefined,
  );
  const hostile = Array.from({ length: HOSTILE_PEERS - RETURNING_PEERS }, (_, n) => {
    const peer = new CrowdPeer(nextPlace());
    nth(HOSTILE, n).misbehave(peer, nth(torrents, n).infoHash);
    return peer;
  });
  const returning = Array.from({ length: RETURNING_PEERS }, (_, n) =>
    returnAgainAndAgain(nextPlace(), nth(torrents, n).infoHash),
  );

  const honest = Array.from({ length: HONEST_PEERS }, (_, n) => {
    const isSlow = n % 20 === 2;
    return new HonestLeecher({
      place: nextPlace(),
      ...nth(torrents, n),
      isFast: n % 2 === 0,
      depth: nth([1, 5, 50, 500, 2000], n),
      bytesPerSecond: isSlow ? MIB : undefined,
    }).download();
  });
  const failures = await within(HONEST_TIMEOUT_MS, 'the honest to complete', Promise.all(honest));
  expect(failures.filter((failure) => failure !== undefined)).toEqual([]);

  const bad = [...stalled, ...hostile];
  const closed = Promise.all(bad.map((peer) => peer.closed));
  await within(DROP_TIMEOUT_MS, 'the others to be dropped', closed);
  const slots = [...bad, ...returning.flatMap((each) => each.stop())];
  expect(Math.max(...slots.map((peer) => peer.longestSlotMs))).toBeLessThanOrEqual(MAX_SLOT_MS);

  const reasons = (await SeedMetrics.read(httpUrl)).closedPeers();
  const { 'closed-by-peer': leftByThemselves = 0, ...drops } = Object.fromEntries(reasons);
  expect(leftByThemselves).toBeGreaterThanOrEqual(HONEST_PEERS);
  // Everybody bad was dropped, and nobody else.
  expect(sum(Object.values(drops))).toBe(bad.length);
  const due = hostile.map((_, n) => nth(HOSTILE, n).reason);
  const uncounted = due.filter(
    (reason) => (drops[reason] ?? 0) < due.filter((each) => each === reason).length,
  );
  expect(uncounted).toEqual([]);
  expect(memory.mostBytes()).toBeLessThan(MAX_RESIDENT_BYTES);
});

function nth<T>(list: readonly T[], n: number): T {
  return required(list[n % list.length]);
}

/** Takes a slot where it can, leaves, and comes back as somebody else, until it is stopped. */
function returnAgainAndAgain(
  place: { port: number; localAddress: string },
  infoHash: InfoHash,
): { stop: () => CrowdPeer[] } {
  const peers: CrowdPeer[] = [];
  const timer = setInterval(() => {
    peers.at(-1)?.socket.destroy();
    const peer = new CrowdPeer(place);
    peer.sayHello(infoHash);
    peer.write(INTERESTED);
    peers.push(peer);
  }, RETURN_MS);
  const stop = (): CrowdPeer[] => {
    clearInterval(timer);
    peers.at(-1)?.socket.destroy();
    return peers;
  };
  onTestFinished(() => void stop());
  return { stop };
}

/** The most memory that the seed box was seen with. */
function watchMemory(httpUrl: string): { mostBytes: () => number } {
  let most = 0;
  const look = async (): Promise<void> => {
    const { residentBytes } = await SeedMetrics.read(httpUrl);
    most = Math.max(most, residentBytes);
  };
  const timer = setInterval(() => void look(), POLL_MS);
  onTestFinished(() => clearInterval(timer));
  return { mostBytes: () => most };
}

async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Timed out waiting for ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
