import assert from 'node:assert/strict';
import { formatEndpoint } from '../../../shared/endpoint.ts';
import type { InfoHash } from '../../../shared/info-hash.ts';
import { type Expiry, ResidentSwarms } from '../../../tracker-worker/swarm/resident-swarms.ts';
import { isSocket, type Origin, type SeatRecord } from '../../../tracker-worker/swarm/seat.ts';
import type { PeersReply, SocketReply } from '../../../tracker-worker/swarm/swarm-announce.ts';
import { readSwarmLog } from '../../../tracker-worker/swarm/swarm-log.ts';
import { accepted, required } from '../shared/required.ts';
import { NaiveSwarm, originName } from './naive-swarm.ts';
import { endpointsIn, seededRandom } from './swarm-builders.ts';
import { type AnnounceStep, HASHES, type LeaveStep, type Step } from './swarm-steps.ts';

const NOW = 1_795_000_000;
export const LIMITS = { maxPeers: 7, maxPeersPerAddress: 3, maxSwarms: undefined };
export const EXPIRY: Expiry = { dialledSeconds: 3600, socketSeconds: 240 };

/** The swarms of a shard, the same as plain lists, and what would be on disk. */
export class ModelledSwarms {
  readonly real: ResidentSwarms;
  readonly naive: ReadonlyMap<InfoHash, NaiveSwarm>;
  readonly #random: () => number;
  rows: Uint8Array[] = [];
  now = NOW;

  constructor(
    seed: number,
    naive: ReadonlyMap<InfoHash, NaiveSwarm> = new Map(
      HASHES.map((hash) => [hash, new NaiveSwarm(LIMITS)]),
    ),
  ) {
    this.real = new ResidentSwarms(LIMITS, seed);
    this.naive = naive;
    this.#random = seededRandom(seed);
  }

  of(hash: InfoHash): NaiveSwarm {
    return required(this.naive.get(hash));
  }

  take(step: Step): void {
    if (step.does === 'announce') this.#announce(step);
    else if (step.does === 'leave') this.#leave(step);
    else if (step.does === 'clear') {
      this.real.clear(step.infoHash);
      this.of(step.infoHash).seats = [];
    } else if (step.does === 'keepSockets') {
      this.real.keepSockets((socket) => socket.holder !== step.holder);
      this.#removeAll(({ origin }) => isSocket(origin) && origin.holder === step.holder);
      // What was lost with its socket is not written down.
      this.checkpoint();
    } else if (step.does === 'wait') {
      this.now += step.seconds;
      this.sweep();
    } else if (step.does === 'write') this.write();
    else this.checkpoint();
  }

  sweep(): void {
    const remaining = ({ origin, seenAtSeconds }: SeatRecord): number =>
      seenAtSeconds + EXPIRY[isSocket(origin) ? 'socketSeconds' : 'dialledSeconds'] - this.now;
    this.#removeAll((seat) => remaining(seat) <= 0);
    const left = [...this.naive.values()].flatMap(({ seats }) => seats.map(remaining));
    assert.equal(
      this.real.sweep(this.now, EXPIRY),
      left.length === 0 ? undefined : Math.min(...left),
    );
  }

  write(): void {
    const changes = this.real.takeChanges();
    if (changes.length > 0) this.rows.push(changes);
  }

  checkpoint(): void {
    this.real.takeChanges();
    this.rows = [...this.real.checkpoint(this.now)];
  }

  #announce({ infoHash, who, role, event, peersWanted }: AnnounceStep): void {
    const { peerId, origin } = who;
    const naive = this.of(infoHash);
    const half = naive.find(peerId, origin) ?? naive.halves(peerId, origin)[0];
    const request = { infoHash, peerId, role, event, peersWanted };
    const reply = isSocket(origin)
      ? this.real.announceSocket({ ...request, socket: origin }, this.now, this.#random)
      : this.real.announce(
          { ...request, address: origin, port: who.port, wantsPeerIds: true },
          this.now,
          this.#random,
        );

    const given = accepted<PeersReply | SocketReply>(reply);
    const count = naive.drawCount({ ...request, ...who }, half?.peer);
    const others = naive.reachable(origin).filter((peer) => peer !== half?.peer);
    const seatsGiven = 'peers' in given ? socketsIn(given) : endpointsIn(given);
    assert.equal(new Set(seatsGiven).size, seatsGiven.length);
    const drawn = others
      .map((peer) => naive.of(peer).flatMap((seat) => seatName(seat, isSocket(origin))))
      .filter((names) => names.some((name) => seatsGiven.includes(name)));
    assert.equal(drawn.length, count);
    // All the seats of who was drawn, and nobody else's.
    assert.deepEqual(seatsGiven.toSorted(), drawn.flat().toSorted());
    if (!('peers' in given)) {
      assert.equal(given.ipv4PeerIds.length, (given.ipv4Peers.length / 3) * 10);
      assert.equal(given.ipv6PeerIds.length, (given.ipv6Peers.length / 9) * 10);
    }

    const port = isSocket(origin) ? 0 : who.port;
    naive.announce({ ...request, origin, port }, half, this.now);
    const { seeders, leechers } = naive.counts();
    assert.deepEqual([given.seeders, given.leechers], [seeders, leechers]);
  }

  #leave({ infoHash, who: { peerId, origin } }: LeaveStep): void {
    if (isSocket(origin)) this.real.leaveSocket(infoHash, { peerId, socket: origin });
    const seat = this.of(infoHash).find(peerId, origin);
    if (seat !== undefined) this.of(infoHash).remove(seat);
  }

  #removeAll(isGone: (seat: SeatRecord) => boolean): void {
    for (const naive of this.naive.values()) {
      let seat = naive.seats.find(isGone);
      while (seat !== undefined) {
        naive.remove(seat);
        seat = naive.seats.find(isGone);
      }
    }
  }
}

function socketsIn({ peers }: SocketReply): string[] {
  return peers.map(({ peerId, socket }) => `${peerId} ${originName(socket)}`);
}

/** How a seat is named in a reply over a socket, or over HTTP; nothing where it is not. */
function seatName({ peerId, origin, port }: SeatRecord, overSocket: boolean): string[] {
  if (isSocket(origin) !== overSocket) return [];
  return [
    isSocket(origin)
      ? `${peerId} ${originName(origin)}`
      : formatEndpoint({ address: origin, port }),
  ];
}

/** The seats of a swarm as text, by way of a checkpoint. */
export function seatsOf(swarms: ResidentSwarms, hash: InfoHash, now: number): string[] {
  const names: string[] = [];
  let current: InfoHash | undefined;
  for (const row of swarms.checkpoint(now)) {
    const isRead = readSwarmLog(row, {
      swarm: (infoHash) => {
        current = infoHash;
      },
      seat: (seat) => {
        if (current === hash) names.push(recordName(seat));
      },
      leave: () => assert.fail('a checkpoint says who is there'),
      clear: () => assert.fail('a checkpoint says who is there'),
    });
    assert.ok(isRead);
  }
  return names.toSorted();
}

export function naiveSeatsOf({ seats }: NaiveSwarm): string[] {
  return seats.map((seat) => recordName(seat)).toSorted();
}

function recordName(seat: Omit<SeatRecord, 'isCounted'> & { readonly origin: Origin }): string {
  const { port, role, seenAtSeconds } = seat;
  return [seat.peerId, originName(seat.origin), port, role, seenAtSeconds].join(' ');
}
