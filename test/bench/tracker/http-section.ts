import { join } from 'node:path';
import type { HttpRound, HttpRoundResult } from './load/http-load.ts';
import { median, ratioByRound, runRounds } from '../rounds.ts';
import { type BenchServer, forkServer } from './servers/bench-server.ts';
import { loadBareWorker } from './servers/bare-workers.ts';
import { Child } from './servers/child.ts';
import { BENCH_VARS, loadEdgeWorker } from './servers/edge-worker.ts';
import { cpuSecondsOf } from './servers/process-tree.ts';
import { createScratchDir } from './servers/scratch-dir.ts';
import { startWorkerd } from './servers/workerd-server.ts';

const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;

/** What one server came to under HTTP announces: medians of the rounds. */
export interface HttpFigures {
  readonly name: string;
  readonly announcesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Everything that it used from the first round to the last, work that it put off included. */
  readonly cpuSecondsPer100k: number;
  /** CPU-seconds of the load a second of wall time: it is no limit while this stays below 1. */
  readonly loadCpuShare: number;
  /** Announces a second, beside the bare RPC on plain workerd and beside bittorrent-tracker. */
  readonly toBareRpc: number;
  readonly toBittorrentTracker: number;
  /** Announces by CPU-second beside the bare RPC: what is left of `toBareRpc` where the machine is not ours alone. */
  readonly byCpuToBareRpc: number;
  readonly replies: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
}

/** A round, and the CPU-seconds that the server used in it. */
type MeasuredRound = HttpRoundResult & { readonly serverCpuSeconds: number };

interface Contender extends Pick<HttpRound, 'name' | 'addressHeader' | 'bodyStart'> {
  readonly server: BenchServer;
}

export const OURS_HTTP = 'ours, workerd';
export const BARE_RPC = 'bare RPC, workerd';
const BITTORRENT_TRACKER = 'bittorrent-tracker';

/** HTTP announces over keep-alive connections: ours, the least that a Worker can do, and the tracker from npm. */
export async function runHttpSection(init: {
  readonly rounds: number;
  readonly seconds: number;
  readonly progress: (text: string) => void;
}): Promise<HttpFigures[]> {
  const contenders = await startContenders();
  const load = Child.fork(new URL('load/http-load.ts', import.meta.url), {
    execArgv: ['--max-semi-space-size=64'],
  });
  try {
    await load.message();
    const run = async (contender: Contender, seconds: number): Promise<MeasuredRound> => {
      const { name, addressHeader, bodyStart, server } = contender;
      const round: HttpRound = {
        name,
        addressHeader,
        bodyStart,
        port: server.port,
        connections: CONNECTIONS,
        seconds,
      };
      const cpuBefore = cpuSecondsOf(server.pid);
      const result = await load.ask<HttpRoundResult>(round);
      const serverCpuSeconds = cpuSecondsOf(server.pid) - cpuBefore;
      init.progress(`http ${name}: ${Math.round(result.replies / result.seconds)} announces/s`);
      return { ...result, serverCpuSeconds };
    };
    for (const contender of contenders) {
      const { failures, firstFailure } = await run(contender, WARM_UP_SECONDS);
      if (failures > 0) throw new Error(`${contender.name} does not answer: ${firstFailure}`);
    }
    const cpuBefore = contenders.map(({ server }) => cpuSecondsOf(server.pid));
    const results = await runRounds(contenders, init.rounds, (one) => run(one, init.seconds));
    const cpu = contenders.map(
      ({ server }, index) => cpuSecondsOf(server.pid) - (cpuBefore[index] ?? 0),
    );
    return figuresOf(contenders, results, cpu);
  } finally {
    await Promise.all([load.stop(), ...contenders.map(({ server }) => server.stop())]);
  }
}

async function startContenders(): Promise<Contender[]> {
  const edge = await loadEdgeWorker();
  const ok = await loadBareWorker('ok', edge);
  const rpc = await loadBareWorker('rpc', edge);
  const miniflare = new URL('servers/miniflare-process.ts', import.meta.url);
  const embedded = new URL('servers/embedded-edge-host.ts', import.meta.url);
  const tracker = new URL('servers/bittorrent-tracker-process.ts', import.meta.url);
  const stateDir = join(createScratchDir(), 'edge');

  const viaCloudflare = { addressHeader: 'CF-Connecting-IP', bodyStart: 'd8:complete' };
  const bare = { addressHeader: 'CF-Connecting-IP', bodyStart: 'ok' };
  return [
    { name: OURS_HTTP, ...viaCloudflare, server: await startWorkerd(edge) },
    {
      name: 'ours, embedded edge',
      ...viaCloudflare,
      server: await forkServer(embedded, { stateDir, vars: BENCH_VARS }),
    },
    { name: 'bare ok, workerd', ...bare, server: await startWorkerd(ok) },
    { name: BARE_RPC, ...bare, server: await startWorkerd(rpc) },
    { name: 'bare ok, miniflare', ...bare, server: await forkServer(miniflare, ok) },
    { name: 'bare RPC, miniflare', ...bare, server: await forkServer(miniflare, rpc) },
    {
      name: BITTORRENT_TRACKER,
      addressHeader: 'X-Forwarded-For',
      bodyStart: 'd8:complete',
      server: await forkServer(tracker, {}),
    },
  ];
}

function figuresOf(
  contenders: readonly Contender[],
  results: ReadonlyMap<Contender, readonly MeasuredRound[]>,
  cpuSeconds: readonly number[],
): HttpFigures[] {
  const roundsOf = (name: string): readonly MeasuredRound[] => {
    const contender = contenders.find((one) => one.name === name);
    return (contender === undefined ? undefined : results.get(contender)) ?? [];
  };
  const ratesOf = (name: string): number[] =>
    roundsOf(name).map(({ replies, seconds }) => replies / seconds);
  const cpuRatesOf = (name: string): number[] =>
    roundsOf(name).map(({ replies, serverCpuSeconds }) => replies / serverCpuSeconds);
  return contenders.map((contender, index) => {
    const rounds = roundsOf(contender.name);
    const rates = ratesOf(contender.name);
    const replies = sum(rounds.map((round) => round.replies));
    return {
      name: contender.name,
      announcesPerSecond: median(rates),
      p50Ms: median(rounds.map((round) => round.p50Ms)),
      p99Ms: median(rounds.map((round) => round.p99Ms)),
      cpuSecondsPer100k: ((cpuSeconds[index] ?? 0) / replies) * 100_000,
      loadCpuShare: median(rounds.map((round) => round.loadCpuSeconds / round.seconds)),
      toBareRpc: ratioByRound(rates, ratesOf(BARE_RPC)),
      toBittorrentTracker: ratioByRound(rates, ratesOf(BITTORRENT_TRACKER)),
      byCpuToBareRpc: ratioByRound(cpuRatesOf(contender.name), cpuRatesOf(BARE_RPC)),
      replies,
      failures: sum(rounds.map((round) => round.failures)),
      firstFailure: rounds.find((round) => round.firstFailure !== undefined)?.firstFailure,
    };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
