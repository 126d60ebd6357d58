/** A port of this machine that others should reach. */
export interface OpenPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** What a router is asked for. */
export interface MappingRequest extends OpenPort {
  /** The port that is wanted on the outside. */
  readonly externalPort: number;
  readonly lifetimeSeconds: number;
}

/** What a router gave. */
export interface Mapping {
  readonly externalPort: number;
  readonly lifetimeSeconds: number;
}

/** A way to ask the router for ports. Both throw where it says no, or nothing. */
export interface Gateway {
  readonly name: string;
  map(request: MappingRequest, signal: AbortSignal): Promise<Mapping>;
  unmap(mapped: OpenPort & { readonly externalPort: number }, signal: AbortSignal): Promise<void>;
}
