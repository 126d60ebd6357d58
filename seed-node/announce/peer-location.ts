import type { Whereabouts } from './announcer.ts';

/** Where peers find our peer port: addresses that may change, and a port that a router may know by another number. */
export class PeerLocation {
  readonly #listenPort: number;
  readonly #addresses: () => Omit<Whereabouts, 'port'>;
  #externalPort: number;

  constructor(listenPort: number, addresses: () => Omit<Whereabouts, 'port'>) {
    this.#listenPort = listenPort;
    this.#addresses = addresses;
    this.#externalPort = listenPort;
  }

  /** The router passes that port on to ours. Returns whether peers were told another one. */
  moveTo(externalPort: number): boolean {
    const isNews = externalPort !== this.#externalPort;
    this.#externalPort = externalPort;
    return isNews;
  }

  /** As an announce says it: one port for all addresses, so that IPv6 is left out where the router changed it. */
  now(): Whereabouts {
    const addresses = this.#addresses();
    if (this.#externalPort === this.#listenPort) return { port: this.#listenPort, ...addresses };
    const { address } = addresses;
    return address?.includes(':') === true
      ? { port: this.#listenPort, address }
      : { port: this.#externalPort, address };
  }
}
