import type { AnnounceEvent } from '../../../shared/announce.ts';
import type { PeerRole } from '../../../shared/peer-role.ts';
import type { SwarmCounts } from '../../../shared/scrape.ts';
import {
  isSocket,
  type Origin,
  type SeatKind,
  type SeatRecord,
} from '../../../tracker-worker/swarm/seat.ts';
import type { SwarmLimits } from '../../../tracker-worker/swarm/swarm.ts';

export interface NaiveSeat extends SeatRecord {
  /** Which seats are of one peer. */
  readonly peer: number;
}

export interface NaiveAnnounce extends Pick<SeatRecord, 'peerId' | 'origin' | 'port' | 'role'> {
  readonly event: AnnounceEvent;
  readonly peersWanted: number;
}

/** The rules of a swarm over a plain list of seats, each looked for from end to end. */
export class NaiveSwarm {
  readonly #limits: SwarmLimits;
  seats: NaiveSeat[] = [];
  downloads = 0;
  #peers = 0;

  constructor(limits: SwarmLimits) {
    this.#limits = limits;
  }

  find(peerId: string, origin: Origin): NaiveSeat | undefined {
    const name = originName(origin);
    return this.seats.find((seat) => seat.peerId === peerId && originName(seat.origin) === name);
  }

  /** A seat of each peer that a new seat of this peer-id and origin may join. */
  halves(peerId: string, origin: Origin): NaiveSeat[] {
    const ofPeerId = this.seats.filter((seat) => seat.peerId === peerId);
    return ofPeerId.filter(({ peer }) =>
      this.of(peer).every((seat) => kindOf(seat.origin) !== kindOf(origin)),
    );
  }

  of(peer: number): NaiveSeat[] {
    return this.seats.filter((seat) => seat.peer === peer);
  }

  get peers(): Set<number> {
    return new Set(this.seats.map(({ peer }) => peer));
  }

  /** The least of what the seats of a peer say. */
  role(peer: number): PeerRole {
    const roles = new Set(this.of(peer).map((seat) => seat.role));
    if (roles.has('leecher')) return 'leecher';
    return roles.has('partial') ? 'partial' : 'seeder';
  }

  /** The peers that can be reached the way that an origin reaches others. */
  reachable(origin: Origin): number[] {
    return [...this.peers].filter((peer) =>
      this.of(peer).some((seat) => isSocket(seat.origin) === isSocket(origin)),
    );
  }

  /** How many peers an announce is given. */
  drawCount(request: NaiveAnnounce, own: number | undefined): number {
    if (request.event === 'stopped') return 0;
    const others = this.reachable(request.origin).filter((peer) => peer !== own);
    const of = (role: PeerRole): number => others.filter((peer) => this.role(peer) === role).length;
    const wanted = request.peersWanted;
    if (request.role === 'leecher') return Math.min(wanted, others.length);
    const leechers = Math.min(wanted, of('leecher'));
    if (request.event !== 'started' || isSocket(request.origin)) return leechers;
    return leechers + Math.min(wanted - leechers, Math.ceil(wanted / 4), of('seeder'));
  }

  /** Takes an announce, whose seat joins the peer of `half` where it is new; its seat, where it has one then. */
  announce(
    { peerId, origin, port, role, event }: NaiveAnnounce,
    half: NaiveSeat | undefined,
    seenAtSeconds: number,
  ): NaiveSeat | undefined {
    const known = this.find(peerId, origin);
    if (event === 'stopped') {
      if (known !== undefined) this.remove(known);
      return undefined;
    }
    const own = known ?? half;
    if (known === undefined && !this.#hasRoom(peerId, origin, half)) return undefined;
    const wasLacking = own !== undefined && this.role(own.peer) !== 'seeder';
    const wasCounted = own !== undefined && this.of(own.peer).some((seat) => seat.isCounted);
    const counts = event === 'completed' && role === 'seeder' && wasLacking && !wasCounted;
    if (counts) this.downloads += 1;
    this.#peers += 1;
    const seat: NaiveSeat = {
      peerId,
      origin,
      port,
      role,
      seenAtSeconds,
      isCounted: counts || (known?.isCounted ?? false),
      peer: own?.peer ?? this.#peers,
    };
    this.seats = [...this.seats.filter((one) => one !== known), seat];
    return seat;
  }

  /** Takes a seat out; that its peer was counted stays with the seats that it has left. */
  remove(seat: NaiveSeat): void {
    this.seats = this.seats.filter((one) => one !== seat);
    const next = this.of(seat.peer)[0];
    if (seat.isCounted && next !== undefined) {
      this.seats = this.seats.map((one) =>
        one.peer === seat.peer ? { ...one, isCounted: true } : one,
      );
    }
  }

  counts(): SwarmCounts {
    const of = (role: PeerRole): number =>
      [...this.peers].filter((peer) => this.role(peer) === role).length;
    const downloaders = of('leecher');
    return {
      seeders: of('seeder'),
      leechers: downloaders + of('partial'),
      downloaders,
      downloads: this.downloads,
    };
  }

  #hasRoom(peerId: string, origin: Origin, half: NaiveSeat | undefined): boolean {
    const source = sourceName(origin);
    const atSource = this.seats.filter((seat) => sourceName(seat.origin) === source).length;
    if (!isSocket(origin) && atSource >= this.#limits.maxPeersPerAddress) return false;
    if (this.seats.filter((seat) => seat.peerId === peerId).length >= 64) return false;
    return half !== undefined || this.peers.size < this.#limits.maxPeers;
  }
}

function kindOf(origin: Origin): SeatKind {
  if (isSocket(origin)) return 'socket';
  return origin.length === 4 ? 'ipv4' : 'ipv6';
}

export function originName(origin: Origin): string {
  return isSocket(origin) ? `${origin.holder}/${origin.connection}` : origin.join('.');
}

function sourceName(origin: Origin): string {
  return isSocket(origin) ? originName(origin) : origin.slice(0, 8).join('.');
}
