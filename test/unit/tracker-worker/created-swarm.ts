import { dialledPeers, socketPeers } from '../../../tracker-worker/swarm/drawn-peers.ts';
import { type Origin, seatKey } from '../../../tracker-worker/swarm/seat.ts';
import { NONE } from '../../../tracker-worker/swarm/seat-index.ts';
import { SeatTable } from '../../../tracker-worker/swarm/seat-table.ts';
import { type SeatAnnounce, Swarm, type SwarmLimits } from '../../../tracker-worker/swarm/swarm.ts';
import { addressOf, endpointsIn, ip, peerId, seededRandom, socketRef } from './swarm-builders.ts';

const LIMITS: SwarmLimits = { maxPeers: 1000, maxPeersPerAddress: 5 };
export const NOW = 1_795_000_000;

interface Given extends Partial<Omit<SeatAnnounce, 'key'>> {
  readonly peer?: string | number;
  /** An address as text, or the number of a socket. */
  readonly from?: string | number;
}

function originOf(from: string | number): Origin {
  return typeof from === 'number' ? socketRef(from) : ip(from);
}

/** A swarm with what tests ask of it: five peers an address, a thousand in all, unless other limits are given. */
export function createSwarm(limits: Partial<SwarmLimits> = {}) {
  const seats = new SeatTable(1);
  const swarm = new Swarm(7, seats, { ...LIMITS, ...limits }, 0);
  const random = seededRandom(1);
  /** A leecher's announce from 192.0.2.1:6881 that wants 50 peers, but for what is given. */
  const announce = ({ peer = 1, from = '192.0.2.1', ...given }: Given = {}) => {
    const key = seatKey(swarm.number, peerId(peer), originOf(from));
    const request = {
      key,
      port: key.kind === 'socket' ? 0 : 6881,
      role: 'leecher',
      event: 'update',
      peersWanted: 50,
      ...given,
    } as const;
    const { drawn, seat } = swarm.announce(request, NOW, random);
    const asker = { key, port: request.port, wantsPeerIds: false };
    return {
      ...swarm.counts(),
      isStored: seat !== NONE,
      peers:
        key.kind === 'socket'
          ? socketPeers(seats, drawn).map(({ socket }) => socket.connection)
          : endpointsIn(dialledPeers(seats, drawn, asker)),
    };
  };
  const leave = (peer: string | number, from: string | number): boolean =>
    swarm.leave(seatKey(swarm.number, peerId(peer), originOf(from)));
  return { swarm, seats, announce, leave };
}

/** A swarm with seeders from 10.0.0.0 on and leechers from 10.1.0.0 on. */
export function swarmOf(seeders: number, leechers: number) {
  const made = createSwarm();
  for (let n = 0; n < seeders; n += 1) {
    made.announce({ peer: n, from: addressOf(n), role: 'seeder' });
  }
  for (let n = 65_536; n < 65_536 + leechers; n += 1) {
    made.announce({ peer: n, from: addressOf(n) });
  }
  return made;
}
