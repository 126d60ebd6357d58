import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnnounceEvent } from '../../../shared/announce.ts';
import { ipAddressFromBytes } from '../../../shared/endpoint.ts';
import { infoHashFromBytes } from '../../../shared/info-hash.ts';
import { peerIdFromBytes } from '../../../shared/peer-id.ts';
import type { PeerRole } from '../../../shared/peer-role.ts';
import { accept } from '../../../shared/result.ts';
import {
  decodeAnnounces,
  decodeOutcomes,
  encodeAnnounces,
  encodeOutcomes,
} from '../../../tracker-worker/swarm/announce-codec.ts';
import { SWARM_REFUSAL_CODES, swarmRefusal } from '../../../tracker-worker/swarm/refusal.ts';
import type { SwarmAnnounce, SwarmOutcome } from '../../../tracker-worker/swarm/swarm-announce.ts';
import { required } from '../shared/required.ts';
import { announceOf } from './swarm-builders.ts';

const EVENTS: AnnounceEvent[] = ['update', 'started', 'stopped', 'completed'];
const ROLES: PeerRole[] = ['seeder', 'partial', 'leecher'];

const bytesOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => new Uint8Array(bytes));
const announce: fc.Arbitrary<SwarmAnnounce> = fc.record({
  infoHash: bytesOf(20).map((bytes) => required(infoHashFromBytes(bytes))),
  peerId: bytesOf(20).map((bytes) => required(peerIdFromBytes(bytes))),
  address: fc.oneof(bytesOf(4), bytesOf(16)).map((bytes) => required(ipAddressFromBytes(bytes))),
  port: fc.nat(65_535),
  role: fc.constantFrom(...ROLES),
  event: fc.constantFrom(...EVENTS),
  peersWanted: fc.nat(65_535),
  wantsPeerIds: fc.boolean(),
});

const count = fc.nat(2 ** 32 - 1);
const list = fc.uint16Array({ maxLength: 50 }).map((units) => String.fromCharCode(...units));
const outcome: fc.Arbitrary<SwarmOutcome> = fc.oneof(
  fc.constantFrom(...SWARM_REFUSAL_CODES).map((code) => swarmRefusal(code)),
  fc
    .record({
      intervalSeconds: count,
      minIntervalSeconds: count,
      seeders: count,
      leechers: count,
      downloads: count,
      ipv4Peers: list,
      ipv6Peers: list,
      ipv4PeerIds: list,
      ipv6PeerIds: list,
    })
    .map((reply) => accept(reply)),
);

test.each([1, 2, 3])('decodeAnnounces() gives back a batch of %i', (length) => {
  const batch = Array.from({ length }, (_, n) => announceOf({ peer: n }));
  expect(decodeAnnounces(encodeAnnounces(batch))).toEqual(batch);
});

test('decodeAnnounces() gives back any batch', () => {
  fc.assert(
    fc.property(fc.array(announce, { maxLength: 4 }), (batch) => {
      expect(decodeAnnounces(encodeAnnounces(batch))).toEqual(batch);
    }),
  );
});

test('decodeAnnounces() throws for what encodeAnnounces() did not make', () => {
  const text = encodeAnnounces([announceOf()]);
  for (const end of [1, 40, 59, 60]) {
    expect(() => decodeAnnounces(text.slice(0, end))).toThrow(
      'a shard is sent what encodeAnnounces made',
    );
  }
});

test('decodeOutcomes() gives back any outcomes', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 4 }), (outcomes) => {
      expect(decodeOutcomes(encodeOutcomes(outcomes))).toEqual(outcomes);
    }),
  );
});
