/**
 * List prices in dollars, of Workers Paid beyond what is included.
 * Source: developers.cloudflare.com/workers/platform/pricing and /durable-objects/platform/pricing, 2026.
 */
const PRICES = {
  workerRequestsPerMillion: 0.3,
  workerCpuMsPerMillion: 0.02,
  objectRequestsPerMillion: 0.15,
  objectGbSecondsPerMillion: 12.5,
  rowsWrittenPerMillion: 1,
} as const;

/** An active object is billed as having this much memory, whatever it has. */
const OBJECT_GB = 0.128;
/** Incoming WebSocket messages that are billed as one request; outgoing ones are free. */
const MESSAGES_PER_REQUEST = 20;

export interface CostLine {
  readonly item: string;
  /** Of one announce. */
  readonly amount: number;
  readonly unit: string;
  /** Of a million announces. */
  readonly dollars: number;
}

/**
 * A million HTTP announces under load: one Worker request each, and an object request for all that share a call. A
 * quiet edge makes one for each. CPU time of Worker and object was measured together, so it is counted as both, which is
 * too much rather than too little.
 */
export function httpCost(measured: {
  readonly cpuSecondsPer100k: number;
  readonly rowsPerAnnounce: number;
  readonly callsPerAnnounce: number;
}): CostLine[] {
  const cpuMs = measured.cpuSecondsPer100k / 100;
  const { callsPerAnnounce } = measured;
  return [
    line('Worker requests', 1, 'requests', PRICES.workerRequestsPerMillion),
    line('Worker CPU', cpuMs, 'ms', PRICES.workerCpuMsPerMillion),
    line('Durable Object requests', callsPerAnnounce, 'requests', PRICES.objectRequestsPerMillion),
    durationLine(cpuMs),
    line('Rows written', measured.rowsPerAnnounce, 'rows', PRICES.rowsWrittenPerMillion),
  ];
}

/**
 * A million announces over sockets that are open already, with the answers that they bring: no Worker runs. Opening
 * a socket costs as an HTTP announce does.
 */
export function socketCost(measured: {
  readonly cpuSecondsPer100kMessages: number;
  readonly messagesPerAnnounce: number;
  readonly receivedPerAnnounce: number;
  readonly rowsPerAnnounce: number;
}): CostLine[] {
  const cpuMs = (measured.cpuSecondsPer100kMessages / 100) * measured.messagesPerAnnounce;
  const requests = measured.receivedPerAnnounce / MESSAGES_PER_REQUEST;
  return [
    line('Durable Object requests', requests, 'requests', PRICES.objectRequestsPerMillion),
    durationLine(cpuMs),
    line('Rows written', measured.rowsPerAnnounce, 'rows', PRICES.rowsWrittenPerMillion),
  ];
}

export function totalDollars(lines: readonly CostLine[]): number {
  return lines.reduce((total, { dollars }) => total + dollars, 0);
}

function durationLine(activeMs: number): CostLine {
  const gbSeconds = (activeMs / 1_000) * OBJECT_GB;
  return line('Durable Object duration', gbSeconds, 'GB-s', PRICES.objectGbSecondsPerMillion);
}

function line(item: string, amount: number, unit: string, dollarsPerMillion: number): CostLine {
  return { item, amount, unit, dollars: amount * dollarsPerMillion };
}
