// What a million peers take: our swarms filled in this process, which runs with --expose-gc and answers its first
// message with the figures.
import { ipAddressFromBytes } from '../../../../shared/endpoint.ts';
import { type InfoHash, infoHashFromBytes } from '../../../../shared/info-hash.ts';
import { invariant } from '../../../../shared/invariant.ts';
import { type PeerId, peerIdFromBytes } from '../../../../shared/peer-id.ts';
import { ResidentSwarms } from '../../../../tracker-worker/swarm/resident-swarms.ts';
import { shardOf } from '../../../../tracker-worker/swarm/shard-of.ts';
import { createRandom, randomBytes } from '../seeded-random.ts';
import { chooseTorrent, createInfoHashes } from '../torrent-choice.ts';

export interface MemoryStart {
  readonly peers: number;
  readonly shards: number;
}

export interface MemoryFigures {
  readonly peers: number;
  readonly bytesPerPeer: number;
  /** What the swarms themselves say that peers take, by peer. */
  readonly countedBytesPerPeer: number;
  readonly announcesPerSecond: number;
}

const SHARES = { ipv4: 0.7, ipv6: 0.2 };
const SEEDER_SHARE = 0.25;
/** Announces after which what happened is taken, as a shard does when it writes. */
const FLUSH_EVERY = 1_000;
const NOW_SECONDS = 1_800_000_000;
const LIMITS = { maxPeers: 1_000_000, maxPeersPerAddress: 64, maxSwarms: undefined };

function fill({ peers, shards: shardCount }: MemoryStart): MemoryFigures {
  const random = createRandom(4);
  const infoHashes = createInfoHashes(random).map(proven(infoHashFromBytes));
  const before = memoryBytes();
  const shards = Array.from({ length: shardCount }, (_, seed) => new ResidentSwarms(LIMITS, seed));
  const beginMs = performance.now();
  for (let peer = 0; peer < peers; peer += 1) {
    const infoHash = infoHashes[chooseTorrent(random)];
    const shard = infoHash === undefined ? undefined : shards[shardOf(infoHash, shardCount)];
    invariant(infoHash !== undefined && shard !== undefined, 'every torrent has a shard');
    announce(shard, infoHash, peer, random);
    if (peer % FLUSH_EVERY === 0) for (const one of shards) one.takeChanges();
  }
  for (const shard of shards) shard.takeChanges();
  const seconds = (performance.now() - beginMs) / 1_000;
  const bytes = memoryBytes() - before;

  const sizes = shards.map((shard) => shard.sizes());
  const kept = sum(sizes.map(({ seeders, leechers }) => seeders + leechers));
  invariant(kept === peers, 'every peer that announced is there');
  return {
    peers,
    bytesPerPeer: bytes / peers,
    countedBytesPerPeer: sum(sizes.map(({ peerBytes }) => peerBytes)) / peers,
    announcesPerSecond: peers / seconds,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function announce(
  shard: ResidentSwarms,
  infoHash: InfoHash,
  number: number,
  random: () => number,
): void {
  const peerId: PeerId = proven(peerIdFromBytes)(randomBytes(20, random));
  const role = random() < SEEDER_SHARE ? 'seeder' : 'leecher';
  const event = 'started';
  const kind = random();
  if (kind >= SHARES.ipv4 + SHARES.ipv6) {
    const socket = { holder: 0, connection: number };
    shard.announceSocket(
      { infoHash, peerId, socket, role, event, peersWanted: 0 },
      NOW_SECONDS,
      random,
    );
    return;
  }
  const address = proven(ipAddressFromBytes)(randomBytes(kind < SHARES.ipv4 ? 4 : 16, random));
  shard.announce(
    {
      infoHash,
      peerId,
      address,
      port: 1 + Math.floor(random() * 65_535),
      role,
      event,
      peersWanted: 0,
      wantsPeerIds: false,
    },
    NOW_SECONDS,
    random,
  );
}

function proven<T>(
  parse: (bytes: Uint8Array<ArrayBuffer>) => T | undefined,
): (bytes: Uint8Array<ArrayBuffer>) => T {
  return (bytes) => {
    const value = parse(bytes);
    invariant(value !== undefined, 'the bench makes bytes of the right length');
    return value;
  };
}

function memoryBytes(): number {
  invariant(globalThis.gc !== undefined, 'it runs with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

process.once('message', (start: MemoryStart) => {
  process.send?.(fill(start));
});
process.once('disconnect', () => process.exit());
