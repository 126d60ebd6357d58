// The clients of the HTTP section, in a process of their own. Each message from the parent is one round against one
// server; the answer is what the round came to.
import { HttpConnection } from './http-connection.ts';
import { Latencies } from './latencies.ts';
import { PeerPopulation } from './peer-population.ts';
import { createRandom } from '../seeded-random.ts';

export interface HttpRound {
  /** Rounds of one name share a population: who announced in one has started before the next. */
  readonly name: string;
  readonly port: number;
  readonly addressHeader: string;
  readonly bodyStart: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface HttpRoundResult {
  readonly replies: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU-seconds of the load itself. */
  readonly loadCpuSeconds: number;
}

const population = new PeerPopulation();
const startedBy = new Map<string, Uint8Array>();
const random = createRandom(2);

async function runRound(round: HttpRound): Promise<HttpRoundResult> {
  const hasStarted = startedBy.get(round.name) ?? new Uint8Array(population.size);
  startedBy.set(round.name, hasStarted);
  const addressHeader = Buffer.from(`${round.addressHeader}: `, 'latin1');
  const latencies = new Latencies();
  let sent = 0;
  let replies = 0;
  let failures = 0;
  let firstFailure: string | undefined;

  const cpuBefore = process.cpuUsage();
  const beginMs = performance.now();
  const endMs = beginMs + round.seconds * 1_000;
  const connections = Array.from(
    { length: round.connections },
    () =>
      new HttpConnection({
        port: round.port,
        bodyStart: Buffer.from(round.bodyStart, 'latin1'),
        writeRequest: (target) => {
          if (sent > 0 && performance.now() >= endMs) return 0;
          sent += 1;
          const peer = Math.floor(random() * population.size);
          const isFirst = hasStarted[peer] === 0;
          hasStarted[peer] = 1;
          return population.write(target, peer, isFirst, addressHeader);
        },
        onReply: (milliseconds, fault) => {
          replies += 1;
          latencies.add(milliseconds);
          if (fault === undefined) return;
          failures += 1;
          firstFailure ??= fault;
        },
      }),
  );
  const ends = await Promise.allSettled(connections.map((connection) => connection.done));
  const broken = ends.filter((end) => end.status === 'rejected');
  const cpu = process.cpuUsage(cpuBefore);
  return {
    replies,
    failures: failures + broken.length,
    firstFailure: firstFailure ?? (broken[0] === undefined ? undefined : String(broken[0].reason)),
    seconds: (performance.now() - beginMs) / 1_000,
    p50Ms: latencies.percentile(0.5),
    p99Ms: latencies.percentile(0.99),
    loadCpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

process.on('message', (round: HttpRound) => {
  runRound(round).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      throw error;
    },
  );
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
