import { formatBytes } from '../../shared/format-bytes.ts';
import type { Sample } from '../catalog/history-store.ts';
import { HISTORY_RANGES, type HistoryRange, isHistoryRange } from '../catalog/history-range.ts';
import { Chart } from './chart.tsx';

export { HISTORY_RANGES, type HistoryRange, isHistoryRange };

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
