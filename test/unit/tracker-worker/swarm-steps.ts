import * as fc from 'fast-check';
import type { AnnounceEvent } from '../../../shared/announce.ts';
import type { PeerRole } from '../../../shared/peer-role.ts';
import { isSocket, type Origin } from '../../../tracker-worker/swarm/seat.ts';
import { required } from '../shared/required.ts';
import { infoHash, ip, peerId, socketRef } from './swarm-builders.ts';

export const HASHES = [infoHash('aa'), infoHash('bb')];

const ROLES: PeerRole[] = ['seeder', 'partial', 'leecher'];
const EVENTS: AnnounceEvent[] = ['started', 'stopped', 'completed', 'update', 'update'];

/** The origins of each peer-id. No peer-id has two peers that a third seat could join: that one's choice is free. */
const ORIGINS: readonly (readonly Origin[])[] = [
  ...[0, 1, 2, 3, 4, 5, 6].map((n) => [
    ip(`192.0.2.${n >> 1}`),
    ip(`2001:db8::${n}`),
    socketRef(n, n % 2),
  ]),
  [ip('198.51.100.1'), ip('203.0.113.1'), ip('192.0.2.0')],
  [socketRef(101), socketRef(102), socketRef(101, 1)],
];

const who = fc.nat(ORIGINS.length - 1).chain((peer) =>
  fc.record({
    peerId: fc.constant(peerId(peer)),
    origin: fc.constantFrom(...required(ORIGINS[peer])),
    // No two peers share address and port, or they would be taken for one client.
    port: fc.constantFrom(1000 + peer * 2, 1001 + peer * 2),
  }),
);
const swarm = fc.constantFrom(...HASHES);

const announce = fc.record({
  does: fc.constant('announce' as const),
  infoHash: swarm,
  who,
  role: fc.constantFrom(...ROLES),
  event: fc.constantFrom(...EVENTS),
  peersWanted: fc.constantFrom(0, 1, 3, 50),
});
const leave = fc.record({
  does: fc.constant('leave' as const),
  infoHash: swarm,
  who: who.filter(({ origin }) => isSocket(origin)),
});
const wait = fc.record({
  does: fc.constant('wait' as const),
  seconds: fc.constantFrom(1, 100, 239, 240, 1800, 3599, 3600),
});
const clear = fc.record({ does: fc.constant('clear' as const), infoHash: swarm });
const keepSockets = fc.record({ does: fc.constant('keepSockets' as const), holder: fc.nat(1) });
const note = fc.record({ does: fc.constantFrom('write' as const, 'checkpoint' as const) });

type ValueOf<A> = A extends fc.Arbitrary<infer Value> ? Value : never;
export type AnnounceStep = ValueOf<typeof announce>;
export type LeaveStep = ValueOf<typeof leave>;
export type Step =
  | AnnounceStep
  | LeaveStep
  | ValueOf<typeof wait | typeof clear | typeof keepSockets | typeof note>;

/** What may happen to a shard's swarms. */
export const anySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 14, arbitrary: announce },
    { weight: 2, arbitrary: leave },
    { weight: 2, arbitrary: wait },
    { weight: 1, arbitrary: clear },
    { weight: 1, arbitrary: keepSockets },
    { weight: 3, arbitrary: note },
  ),
  { maxLength: 60, size: 'max' },
);

/** What may happen at once. */
export const timelessSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: announce },
    { weight: 1, arbitrary: leave },
    { weight: 1, arbitrary: note },
  ),
  { maxLength: 50, size: 'max' },
);
