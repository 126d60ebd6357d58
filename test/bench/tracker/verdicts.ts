import { BARE_RPC, OURS_HTTP } from './http-section.ts';
import type { Results } from './results.ts';
import { OURS_SOCKET } from './socket-section.ts';

/** What is promised of the tracker. */
const TARGETS = {
  httpToBareRpc: 0.75,
  socketToBareRelay: 0.8,
  rowsPerAnnounceUnderLoad: 0.05,
  rowsPerAnnounceQuiet: 1,
  bytesPerPeer: 64,
} as const;

export interface Verdict {
  readonly target: string;
  /** `undefined` where it could not be measured, which is a miss. */
  readonly figure: number | undefined;
  readonly isMet: boolean;
  /** An aim is shown; it does not fail the run. */
  readonly isAim: boolean;
}

/** Each target of the sections that ran, and whether all requests were answered well. */
export function judge({ http, socket, rows, memory }: Results): Verdict[] {
  const verdicts: Verdict[] = [];
  if (http !== undefined) {
    const ours = http.find(({ name }) => name === OURS_HTTP);
    verdicts.push(
      atLeast(`HTTP announces/s beside ${BARE_RPC}`, ours?.toBareRpc, TARGETS.httpToBareRpc),
      aim(
        atLeast(
          `HTTP announces by CPU-second beside ${BARE_RPC}`,
          ours?.byCpuToBareRpc,
          TARGETS.httpToBareRpc,
        ),
      ),
      aim(atLeast('HTTP announces/s beside bittorrent-tracker', ours?.toBittorrentTracker, 1)),
      noFailures('HTTP', http),
    );
  }
  if (socket !== undefined) {
    const ours = socket.find(({ name }) => name === OURS_SOCKET);
    verdicts.push(
      atLeast(
        'WebSocket messages/s beside the bare relay',
        ours?.toBareRelay,
        TARGETS.socketToBareRelay,
      ),
      aim(
        atLeast(
          'WebSocket messages by CPU-second beside the bare relay',
          ours?.byCpuToBareRelay,
          TARGETS.socketToBareRelay,
        ),
      ),
      aim(atLeast('WebSocket messages/s beside bittorrent-tracker', ours?.toBittorrentTracker, 1)),
      noFailures('WebSocket', socket),
    );
  }
  if (rows !== undefined) {
    verdicts.push(
      atMost(
        'rows written per announce under load',
        rows.underLoad?.rowsPerAnnounce,
        TARGETS.rowsPerAnnounceUnderLoad,
      ),
      atMost(
        'rows written per announce when quiet',
        rows.quiet?.rowsPerAnnounce,
        TARGETS.rowsPerAnnounceQuiet,
      ),
      noFailures('rows', [rows]),
    );
  }
  if (memory !== undefined) {
    verdicts.push(atMost('bytes per peer', memory.bytesPerPeer, TARGETS.bytesPerPeer));
  }
  return verdicts;
}

function atLeast(what: string, figure: number | undefined, limit: number): Verdict {
  const isMet = figure !== undefined && figure >= limit;
  return { target: `${what}: at least ${limit}`, figure, isMet, isAim: false };
}

function atMost(what: string, figure: number | undefined, limit: number): Verdict {
  const isMet = figure !== undefined && figure <= limit;
  return { target: `${what}: at most ${limit}`, figure, isMet, isAim: false };
}

function aim(verdict: Verdict): Verdict {
  return { ...verdict, isAim: true };
}

function noFailures(section: string, figures: readonly { readonly failures: number }[]): Verdict {
  const failures = figures.reduce((total, one) => total + one.failures, 0);
  return {
    target: `${section}: no failures`,
    figure: failures,
    isMet: failures === 0,
    isAim: false,
  };
}
