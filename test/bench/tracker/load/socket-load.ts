// The clients of the WebSocket section, in a process of their own. Each message from the parent is one round against
// one server; the answer is what the round came to.
import { createRandom, randomBytes } from '../seeded-random.ts';
import { cpuSecondsOf } from '../servers/process-tree.ts';
import { Latencies } from './latencies.ts';
import { SignallingTexts } from './signalling-texts.ts';
import { SocketClient, type SocketCounts } from './socket-client.ts';

/** The announce prefix of each object: the first byte of the info-hashes that it owns. */
const PREFIXES = ['00', '40', '80', 'c0'];
const SWARMS_PER_PREFIX = 2;
const SEEDER_SHARE = 0.25;
const JOIN_TIMEOUT_MS = 20_000;

export interface SocketRound {
  readonly port: number;
  readonly serverPid: number;
  readonly sockets: number;
  readonly seconds: number;
}

export interface SocketRoundResult extends Readonly<SocketCounts> {
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstFailure: string | undefined;
  readonly loadCpuSeconds: number;
  /** Of the server, without what opening and closing the sockets took. */
  readonly serverCpuSeconds: number;
}

const random = createRandom(3);
const swarms = PREFIXES.flatMap((prefix) =>
  Array.from({ length: SWARMS_PER_PREFIX }, () => {
    const rest = Buffer.from(randomBytes(19, random));
    return Buffer.concat([Buffer.from(prefix, 'hex'), rest]).toString('latin1');
  }),
);

async function runRound(round: SocketRound): Promise<SocketRoundResult> {
  const counts: SocketCounts = {
    announces: 0,
    replies: 0,
    offers: 0,
    answersSent: 0,
    answersReceived: 0,
    failures: 0,
  };
  let latencies = new Latencies();
  let firstFailure: string | undefined;
  const clients = Array.from({ length: round.sockets }, (_, client) => {
    const prefix = client % PREFIXES.length;
    // Among those of its prefix: what the bare relay finds a socket by.
    const number = Math.floor(client / PREFIXES.length);
    const infoHash = swarms[prefix * SWARMS_PER_PREFIX + (number % SWARMS_PER_PREFIX)] ?? '';
    const peerId = `-WW0205-${randomText(6)}${String(number).padStart(6, '0')}`;
    return new SocketClient({
      port: round.port,
      path: `/announce/${PREFIXES[prefix]}?client=${number}`,
      address: `11.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${client}`,
      texts: new SignallingTexts({ infoHash, peerId, isSeeder: random() < SEEDER_SHARE }, random),
      counts,
      onReply: (milliseconds) => latencies.add(milliseconds),
      onFailure: (text) => (firstFailure ??= text),
    });
  });
  try {
    await withTimeout(Promise.all(clients.map((client) => client.joined)), JOIN_TIMEOUT_MS);
    latencies = new Latencies();
    const cpuBefore = process.cpuUsage();
    const serverCpuBefore = cpuSecondsOf(round.serverPid);
    const before = { ...counts };
    const beginMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, round.seconds * 1_000));
    const seconds = (performance.now() - beginMs) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    const serverCpuSeconds = cpuSecondsOf(round.serverPid) - serverCpuBefore;
    return {
      announces: counts.announces - before.announces,
      replies: counts.replies - before.replies,
      offers: counts.offers - before.offers,
      answersSent: counts.answersSent - before.answersSent,
      answersReceived: counts.answersReceived - before.answersReceived,
      failures: counts.failures,
      seconds,
      p50Ms: latencies.percentile(0.5),
      p99Ms: latencies.percentile(0.99),
      firstFailure,
      loadCpuSeconds: (cpu.user + cpu.system) / 1e6,
      serverCpuSeconds,
    };
  } finally {
    for (const client of clients) client.close();
  }
}

function randomText(length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join('');
}

async function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error('The sockets did not all get a reply')),
      milliseconds,
    );
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

process.on('message', (round: SocketRound) => {
  runRound(round).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      throw error;
    },
  );
});
process.once('disconnect', () => process.exit());
process.send?.('ready');
