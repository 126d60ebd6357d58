import { type Endpoint, formatEndpoint } from '../../shared/endpoint.ts';
import type { KnownPeer } from '../wire/pex-message.ts';

/** A remote is told who came and went once a minute (BEP 11). */
export const SHARE_EVERY_MS = 60_000;
/** Soon after it came, when it has said which extensions it has. */
export const FIRST_SHARE_AFTER_MS = 2_000;
/** Peers of a torrent that others are told of, the newest. */
export const MAX_SHARED_PEERS = 100;

/** Whom the exchange tells. */
export interface Participant {
  sharePeers(peers: readonly KnownPeer[]): void;
}

interface Membership {
  /** Where others can dial it, once that is known. */
  known: KnownPeer | undefined;
  dueAtMs: number;
}

/** Tells the leechers of each torrent about each other, so that they share among themselves (BEP 11). */
export class PeerExchange<Peer extends Participant, Torrent> {
  readonly #members = new Map<Torrent, Map<Peer, Membership>>();

  join(peer: Peer, torrent: Torrent, nowMs: number): void {
    const members = this.#members.get(torrent) ?? new Map<Peer, Membership>();
    this.#members.set(torrent, members);
    members.set(peer, { known: undefined, dueAtMs: nowMs + FIRST_SHARE_AFTER_MS });
  }

  /** From now on others are told where to find the peer. */
  introduce(peer: Peer, torrent: Torrent, known: KnownPeer): void {
    const membership = this.#members.get(torrent)?.get(peer);
    if (membership !== undefined) membership.known = known;
  }

  leave(peer: Peer, torrent: Torrent): void {
    const members = this.#members.get(torrent);
    members?.delete(peer);
    if (members?.size === 0) this.#members.delete(torrent);
  }

  /** The endpoints that no peer of the torrent is known to have. */
  strangersAmong(endpoints: readonly Endpoint[], torrent: Torrent): Endpoint[] {
    const members = [...(this.#members.get(torrent)?.values() ?? [])];
    const met = new Set(members.map(({ known }) => known && formatEndpoint(known.endpoint)));
    return endpoints.filter((endpoint) => !met.has(formatEndpoint(endpoint)));
  }

  /** Tells those whose minute is over. Call it every second or so. */
  tick(nowMs: number): void {
    for (const members of this.#members.values()) {
      const due = [...members].filter(([, { dueAtMs }]) => dueAtMs <= nowMs);
      if (due.length === 0) continue;
      const known = [...members.values()].flatMap((member) => member.known ?? []);
      const shared = known.slice(-MAX_SHARED_PEERS);
      for (const [peer, membership] of due) {
        membership.dueAtMs = nowMs + SHARE_EVERY_MS;
        peer.sharePeers(shared.filter((other) => other !== membership.known));
      }
    }
  }
}
