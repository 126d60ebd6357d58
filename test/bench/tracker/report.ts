import { type CostLine, totalDollars } from './cost-model.ts';
import type { HttpFigures } from './http-section.ts';
import type { MemoryFigures } from './load/memory-fill.ts';
import type { Costs, Results } from './results.ts';
import type { RowCount } from './row-counters.ts';
import type { RowFigures } from './rows-section.ts';
import type { SocketFigures } from './socket-section.ts';
import { formatTable } from '../table.ts';
import type { Verdict } from './verdicts.ts';

/** All of a run for people: a table for each section, and what each target came to. */
export function formatReport(results: Results, costs: Costs, verdicts: readonly Verdict[]): string {
  const { http, socket, rows, memory } = results;
  const sections = [
    http && titled('HTTP announces, 32 keep-alive connections', httpTable(http)),
    socket &&
      titled('WebSocket signalling, 200 sockets, 5 offers an announce', socketTable(socket)),
    rows && titled('Database rows', rowsTable(rows)),
    memory && titled('Memory', memoryTable(memory)),
    costs.http && titled('Dollars per million HTTP announces', costTable(costs.http)),
    costs.socket && titled('Dollars per million WebSocket announces', costTable(costs.socket)),
    titled('Targets', verdictTable(verdicts)),
    failureLines(results),
  ];
  return sections.filter((section) => typeof section === 'string' && section !== '').join('\n');
}

function httpTable(figures: readonly HttpFigures[]): string {
  return formatTable(
    [
      '',
      'announces/s',
      'p50 ms',
      'p99 ms',
      'CPU s/100k',
      'to bare RPC',
      '(by CPU)',
      'to b-tracker',
      'load CPU',
    ],
    figures.map((one) => [
      one.name,
      one.announcesPerSecond.toFixed(0),
      one.p50Ms.toFixed(2),
      one.p99Ms.toFixed(2),
      one.cpuSecondsPer100k.toFixed(2),
      one.toBareRpc.toFixed(2),
      one.byCpuToBareRpc.toFixed(2),
      one.toBittorrentTracker.toFixed(2),
      one.loadCpuShare.toFixed(2),
    ]),
  );
}

function socketTable(figures: readonly SocketFigures[]): string {
  return formatTable(
    [
      '',
      'messages/s',
      'received/s',
      'pairs/s',
      'messages/pair',
      'reply p50 ms',
      'reply p99 ms',
      'CPU s/100k msg',
      'to relay',
      '(by CPU)',
      'to b-tracker',
      'load CPU',
    ],
    figures.map((one) => [
      one.name,
      one.messagesPerSecond.toFixed(0),
      one.receivedPerSecond.toFixed(0),
      one.pairsPerSecond.toFixed(0),
      one.messagesPerPair.toFixed(2),
      one.replyP50Ms.toFixed(1),
      one.replyP99Ms.toFixed(1),
      one.cpuSecondsPer100kMessages.toFixed(2),
      one.toBareRelay.toFixed(2),
      one.byCpuToBareRelay.toFixed(2),
      one.toBittorrentTracker.toFixed(2),
      one.loadCpuShare.toFixed(2),
    ]),
  );
}

function rowsTable({ quiet, underLoad }: RowFigures): string {
  return formatTable(
    ['', 'announces', 'rows written', 'rows/announce', 'calls/announce'],
    [rowCells('quiet', quiet), rowCells('under load', underLoad)],
  );
}

function rowCells(name: string, count: RowCount | undefined): string[] {
  if (count === undefined) return [name, '-', '-', '-', '-'];
  const { announces, rowsWritten, rowsPerAnnounce, callsPerAnnounce } = count;
  return [
    name,
    String(announces),
    String(rowsWritten),
    rowsPerAnnounce.toFixed(4),
    callsPerAnnounce.toFixed(2),
  ];
}

function memoryTable(memory: MemoryFigures): string {
  return formatTable(
    ['peers', 'bytes/peer', 'by its own count', 'announces/s'],
    [
      [
        String(memory.peers),
        memory.bytesPerPeer.toFixed(1),
        memory.countedBytesPerPeer.toFixed(1),
        memory.announcesPerSecond.toFixed(0),
      ],
    ],
  );
}

function costTable(lines: readonly CostLine[]): string {
  return formatTable(
    ['', 'per announce', 'unit', '$'],
    [
      ...lines.map(({ item, amount, unit, dollars }) => [
        item,
        amount.toPrecision(3),
        unit,
        dollars.toFixed(4),
      ]),
      ['Total', '', '', totalDollars(lines).toFixed(4)],
    ],
  );
}

function verdictTable(verdicts: readonly Verdict[]): string {
  return formatTable(
    ['', 'figure', ''],
    verdicts.map(({ target, figure, isMet, isAim }) => [
      target,
      figure === undefined ? 'not measured' : String(Math.round(figure * 10_000) / 10_000),
      isMet ? 'pass' : isAim ? 'miss (an aim)' : 'MISS',
    ]),
  );
}

function failureLines({ http, socket, rows }: Results): string {
  const failed = [
    ...(http ?? []),
    ...(socket ?? []),
    ...(rows === undefined ? [] : [{ name: 'rows', ...rows }]),
  ].filter(({ failures }) => failures > 0);
  return failed
    .map(
      ({ name, failures, firstFailure }) =>
        `${name}: ${failures} failures, first: ${firstFailure}\n`,
    )
    .join('');
}

function titled(title: string, table: string): string {
  return `${title}\n${table}`;
}
