import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Gateway, OpenPort } from './gateway.ts';

/** Short enough that a crash leaves nothing for long; a lease is renewed at its half. */
const LIFETIME_SECONDS = 3_600;
/** However short a lease a router gives. */
const MIN_RENEWAL_SECONDS = 60;
/** A router may be switched on later, or be another one in another network. */
const RETRY_SECONDS = 600;
/** How long `stop` waits for the router. */
const GOODBYE_TIMEOUT_MS = 2_000;

export interface PortMapperInit {
  /** Tried in this order; the first that gives a port is kept. */
  readonly gateways: readonly Gateway[];
  readonly ports: readonly OpenPort[];
  readonly log: Log;
  /** Told when a port is known by another number outside than before. */
  readonly onMapped: (port: OpenPort, externalPort: number) => void;
  /** Passes that time, or ends early with the signal. */
  readonly pass?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Asks the router to let connections from outside through to our ports, for as long as it runs.
 *
 * Invariants: nobody waits for it; a router that does not answer, or says no, is no error; what was mapped is
 * unmapped at the end, or lapses within its lease.
 */
export class PortMapper {
  readonly #init: PortMapperInit;
  readonly #stopping = new AbortController();
  readonly #externalPorts = new Map<OpenPort, number>();
  readonly #running: Promise<void>;
  #gateway: Gateway | undefined;
  #hasToldFailure = false;

  constructor(init: PortMapperInit) {
    this.#init = init;
    this.#running = this.#run();
  }

  /** Gives back what the router gave, within two seconds. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The seed box stops'));
    await this.#running;
    const gateway = this.#gateway;
    if (gateway === undefined) return;
    const timeout = AbortSignal.timeout(GOODBYE_TIMEOUT_MS);
    for (const [port, externalPort] of this.#externalPorts) {
      await gateway.unmap({ ...port, externalPort }, timeout).catch((error: unknown) => {
        this.#init.log.debug(`The router keeps port ${externalPort}: ${String(error)}`);
      });
    }
    this.#externalPorts.clear();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { pass = sleep } = this.#init;
    for (;;) {
      const renewalSeconds = await this.#mapAll(signal);
      if (signal.aborted) return;
      if (renewalSeconds === undefined && !this.#hasToldFailure) {
        this.#hasToldFailure = true;
        this.#init.log.info('No router opens ports for us: forward them by hand, if it has to be');
      }
      const seconds = renewalSeconds ?? RETRY_SECONDS;
      await pass(seconds * 1_000, signal);
    }
  }

  /** Maps all ports at the first router that gives one. Returns when to renew; undefined where none gave any. */
  async #mapAll(signal: AbortSignal): Promise<number | undefined> {
    const others = this.#init.gateways.filter((gateway) => gateway !== this.#gateway);
    const gateways = this.#gateway === undefined ? others : [this.#gateway, ...others];
    for (const gateway of gateways) {
      const lifetimes: number[] = [];
      for (const port of this.#init.ports) {
        if (signal.aborted) break;
        const lifetimeSeconds = await this.#map(gateway, port, signal);
        if (lifetimeSeconds === undefined) continue;
        // At once: a stop meanwhile gives it back.
        this.#gateway = gateway;
        lifetimes.push(lifetimeSeconds);
      }
      if (lifetimes.length > 0) return Math.max(MIN_RENEWAL_SECONDS, Math.min(...lifetimes) / 2);
    }
    return undefined;
  }

  async #map(gateway: Gateway, port: OpenPort, signal: AbortSignal): Promise<number | undefined> {
    const { log, onMapped } = this.#init;
    const known = this.#externalPorts.get(port);
    const externalPort = known ?? port.port;
    try {
      const request = { ...port, externalPort, lifetimeSeconds: LIFETIME_SECONDS };
      const mapping = await gateway.map(request, signal);
      if (mapping.externalPort === 0) throw new Error('The router named no port');
      this.#externalPorts.set(port, mapping.externalPort);
      if (mapping.externalPort !== known) {
        const name = `${port.protocol.toUpperCase()} port ${port.port}`;
        log.info(`${name} is open at the router as ${mapping.externalPort} (${gateway.name})`);
        onMapped(port, mapping.externalPort);
      }
      return Math.min(mapping.lifetimeSeconds, LIFETIME_SECONDS);
    } catch (error) {
      log.debug(`No ${port.protocol} port by ${gateway.name}: ${String(error)}`);
      return undefined;
    }
  }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => {});
}
