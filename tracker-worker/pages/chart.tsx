import {
  CHART_HEIGHT as HEIGHT,
  CHART_WIDTH as WIDTH,
  linePath,
  niceCeiling,
} from './chart-lines.ts';

/** One line of a chart. */
interface ChartSeries {
  readonly name: string;
  /** One value a step, undefined where nothing is known. */
  readonly values: readonly (number | undefined)[];
}

export interface ChartProps {
  /** What is drawn, such as `Peers`. */
  readonly title: string;
  /** At most two: the first is drawn whole, the second dashed. */
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** What stands under the left and the right end. */
  readonly from: string;
  readonly until: string;
}

/** A line chart that needs no script: an image with a legend in words, and the largest value at its scale. A single value is told in words alone. */
export function Chart({ title, series, format, from, until }: ChartProps) {
  const known = series.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const isLine = series.some(
    ({ values }) => values.filter((value) => value !== undefined).length > 1,
  );
  const max = niceCeiling(Math.max(1, ...known));
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        {series.map(({ name, values }, index) => (
          <span class={`legend line-${index + 1}`}>
            {name} <b>{describeLatest(values, format)}</b>
          </span>
        ))}
      </figcaption>
      {isLine ? (
        <div class="plot">
          <span class="scale">{format(max)}</span>
          <svg
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={describe(title, series, format, from, until)}
          >
            <path
              class="grid"
              d={`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`}
            />
            {series.map(({ values }, index) => (
              <path class={`line-${index + 1}`} d={linePath(values, max)} />
            ))}
          </svg>
        </div>
      ) : (
        <p class="unknown">Too little is known of this time to draw a line.</p>
      )}
      {isLine && (
        <p class="ends">
          <span>{from}</span>
          <span>{until}</span>
        </p>
      )}
    </figure>
  );
}

function describe(
  title: string,
  series: readonly ChartSeries[],
  format: (value: number) => string,
  from: string,
  until: string,
): string {
  const lines = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0
      ? `${name}: nothing known`
      : `${name}: ${format(Math.min(...known))} to ${format(Math.max(...known))}, last ${format(known.at(-1) ?? 0)}`;
  });
  return `${title}, ${from} to ${until}. ${lines.join('. ')}.`;
}

function describeLatest(
  values: readonly (number | undefined)[],
  format: (value: number) => string,
): string {
  const latest = values.findLast((value) => value !== undefined);
  return latest === undefined ? '–' : format(latest);
}
