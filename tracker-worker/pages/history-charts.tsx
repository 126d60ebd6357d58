import { formatBytes } from '../../shared/format-bytes.ts';
import type { Sample } from '../catalog/history-store.ts';
import { Chart } from './chart.tsx';

/** What a chart may look back on: how long, and in which steps. */
export const HISTORY_RANGES = {
  '24h': { label: '24 hours', seconds: 86_400, stepSeconds: 900 },
  '30d': { label: '30 days', seconds: 30 * 86_400, stepSeconds: 6 * 3600 },
} as const;

export type HistoryRange = keyof typeof HISTORY_RANGES;

export function isHistoryRange(text: string | undefined): text is HistoryRange {
  return text !== undefined && Object.hasOwn(HISTORY_RANGES, text);
}

export interface HistoryChartsProps {
  readonly range: HistoryRange;
  readonly samples: readonly Sample[];
  readonly nowSeconds: number;
}

/** Swarm and traffic of the edge and its seed boxes. */
export function HistoryCharts({ range, samples, nowSeconds }: HistoryChartsProps) {
  const { label, seconds, stepSeconds } = HISTORY_RANGES[range];
  const last = Math.floor(nowSeconds / stepSeconds);
  const first = last - seconds / stepSeconds + 1;
  const byStep = new Map(samples.map((sample) => [sample.atSeconds / stepSeconds, sample]));
  const steps = Array.from({ length: last - first + 1 }, (_, index) => byStep.get(first + index));
  const ends = { from: `${label} ago`, until: 'now' };
  return (
    <>
      <Chart
        title="Peers"
        format={(value) => value.toLocaleString('en')}
        series={[
          { name: 'Seeders', values: steps.map((sample) => sample?.seeders) },
          { name: 'Leechers', values: steps.map((sample) => sample?.leechers) },
        ]}
        {...ends}
      />
      <Chart
        title={`Sent in ${range === '24h' ? '15 minutes' : '6 hours'}`}
        format={formatBytes}
        series={[
          { name: 'To peers', values: steps.map((sample) => sample?.peerBytes) },
          { name: 'Web seed', values: steps.map((sample) => sample?.webSeedBytes) },
        ]}
        {...ends}
      />
    </>
  );
}
