/** Where peers should dial us, beside what a tracker sees itself. */
export interface Whereabouts {
  readonly port: number;
  /** In place of the address that the tracker sees; undefined: that one. */
  readonly address: string | undefined;
  /** Beside that address (BEP 7). */
  readonly ipv6Address?: string | undefined;
}

export type PeerAddresses = Omit<Whereabouts, 'port'>;

/** Where peers find our peer port: addresses that may change, and a port that a router may know by another number. */
export class PeerLocation {
  readonly #listenPort: number;
  readonly #addresses: () => PeerAddresses;
  #externalPort: number;

  constructor(listenPort: number, addresses: () => PeerAddresses) {
    this.#listenPort = listenPort;
    this.#addresses = addresses;
    this.#externalPort = listenPort;
  }

  /** What peers on the other side of the router dial. */
  get externalPort(): number {
    return this.#externalPort;
  }

  /** The router passes that port on to ours. Returns whether peers were told another one. */
  moveTo(externalPort: number): boolean {
    const isNews = externalPort !== this.#externalPort;
    this.#externalPort = externalPort;
    return isNews;
  }

  /**
   * As an announce to our own edge says it: one port for all addresses, so that IPv6 is left out where the router
   * changed it.
   */
  now(): Whereabouts {
    const addresses = this.#addresses();
    if (this.#externalPort === this.#listenPort) return { port: this.#listenPort, ...addresses };
    const { address } = addresses;
    return address?.includes(':') === true
      ? { port: this.#listenPort, address }
      : { port: this.#externalPort, address };
  }
}
