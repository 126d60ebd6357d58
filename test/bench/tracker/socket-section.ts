import type { SocketRound, SocketRoundResult } from './load/socket-load.ts';
import { median, ratioByRound, runRounds } from '../rounds.ts';
import { loadBareWorker } from './servers/bare-workers.ts';
import { type BenchServer, forkServer } from './servers/bench-server.ts';
import { Child } from './servers/child.ts';
import { loadEdgeWorker } from './servers/edge-worker.ts';
import { startWorkerd } from './servers/workerd-server.ts';

const SOCKETS = 200;
const WARM_UP_SECONDS = 2;

/** What one server came to under WebSocket announces: medians of the rounds. */
export interface SocketFigures {
  readonly name: string;
  /** Received by the server and sent by it. */
  readonly messagesPerSecond: number;
  readonly receivedPerSecond: number;
  /** Pairs of which the answer came back to who made the offer. */
  readonly pairsPerSecond: number;
  readonly messagesPerPair: number;
  /** Of one announce: itself and the answers that its offers bring; and these with all that is sent for them. */
  readonly receivedPerAnnounce: number;
  readonly messagesPerAnnounce: number;
  readonly replyP50Ms: number;
  readonly replyP99Ms: number;
  readonly cpuSecondsPer100kMessages: number;
  readonly loadCpuShare: number;
  /** Messages a second, beside the bare relay and beside bittorrent-tracker. */
  readonly toBareRelay: number;
  readonly toBittorrentTracker: number;
  /** Messages by CPU-second beside the bare relay. */
  readonly byCpuToBareRelay: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
}

interface Contender {
  readonly name: string;
  readonly server: BenchServer;
}

export const OURS_SOCKET = 'ours, workerd';
const BARE_RELAY = 'bare relay, workerd';
const BITTORRENT_TRACKER = 'bittorrent-tracker';

/** WebTorrent signalling: ours, an object that only passes messages on, and the tracker from npm. */
export async function runSocketSection(init: {
  readonly rounds: number;
  readonly seconds: number;
  readonly progress: (text: string) => void;
}): Promise<SocketFigures[]> {
  const edge = await loadEdgeWorker();
  const relay = await loadBareWorker('relay', edge);
  const tracker = new URL('servers/bittorrent-tracker-process.ts', import.meta.url);
  const contenders: Contender[] = [
    { name: OURS_SOCKET, server: await startWorkerd(edge) },
    { name: BARE_RELAY, server: await startWorkerd(relay) },
    { name: BITTORRENT_TRACKER, server: await forkServer(tracker, {}) },
  ];
  const load = Child.fork(new URL('load/socket-load.ts', import.meta.url), {
    execArgv: ['--max-semi-space-size=64'],
  });
  try {
    await load.message();
    const run = async (
      { name, server }: Contender,
      seconds: number,
    ): Promise<SocketRoundResult> => {
      const round: SocketRound = {
        port: server.port,
        serverPid: server.pid,
        sockets: SOCKETS,
        seconds,
      };
      const result = await load.ask<SocketRoundResult>(round);
      init.progress(
        `socket ${name}: ${Math.round(messagesOf(result) / result.seconds)} messages/s`,
      );
      return result;
    };
    for (const contender of contenders) {
      const { failures, firstFailure } = await run(contender, WARM_UP_SECONDS);
      if (failures > 0) throw new Error(`${contender.name} does not answer: ${firstFailure}`);
    }
    const results = await runRounds(contenders, init.rounds, (one) => run(one, init.seconds));
    return figuresOf(contenders, results);
  } finally {
    await Promise.all([load.stop(), ...contenders.map(({ server }) => server.stop())]);
  }
}

function messagesOf(result: SocketRoundResult): number {
  const { announces, answersSent, replies, offers, answersReceived } = result;
  return announces + answersSent + replies + offers + answersReceived;
}

function figuresOf(
  contenders: readonly Contender[],
  results: ReadonlyMap<Contender, readonly SocketRoundResult[]>,
): SocketFigures[] {
  const roundsOf = (name: string): readonly SocketRoundResult[] => {
    const contender = contenders.find((one) => one.name === name);
    return (contender === undefined ? undefined : results.get(contender)) ?? [];
  };
  const ratesOf = (name: string): number[] =>
    roundsOf(name).map((round) => messagesOf(round) / round.seconds);
  const cpuRatesOf = (name: string): number[] =>
    roundsOf(name).map((round) => messagesOf(round) / round.serverCpuSeconds);
  return contenders.map((contender) => {
    const rounds = roundsOf(contender.name);
    const rates = ratesOf(contender.name);
    const cpuSeconds = rounds.reduce((total, round) => total + round.serverCpuSeconds, 0);
    const messages = rounds.reduce((total, round) => total + messagesOf(round), 0);
    return {
      name: contender.name,
      messagesPerSecond: median(rates),
      receivedPerSecond: median(
        rounds.map((round) => (round.announces + round.answersSent) / round.seconds),
      ),
      pairsPerSecond: median(rounds.map((round) => round.answersReceived / round.seconds)),
      messagesPerPair: median(rounds.map((round) => messagesOf(round) / round.answersReceived)),
      receivedPerAnnounce: median(
        rounds.map((round) => (round.announces + round.answersSent) / round.announces),
      ),
      messagesPerAnnounce: median(rounds.map((round) => messagesOf(round) / round.announces)),
      replyP50Ms: median(rounds.map((round) => round.p50Ms)),
      replyP99Ms: median(rounds.map((round) => round.p99Ms)),
      cpuSecondsPer100kMessages: (cpuSeconds / messages) * 100_000,
      loadCpuShare: median(rounds.map((round) => round.loadCpuSeconds / round.seconds)),
      toBareRelay: ratioByRound(rates, ratesOf(BARE_RELAY)),
      toBittorrentTracker: ratioByRound(rates, ratesOf(BITTORRENT_TRACKER)),
      byCpuToBareRelay: ratioByRound(cpuRatesOf(contender.name), cpuRatesOf(BARE_RELAY)),
      failures: rounds.reduce((total, round) => total + round.failures, 0),
      firstFailure: rounds.find((round) => round.firstFailure !== undefined)?.firstFailure,
    };
  });
}
