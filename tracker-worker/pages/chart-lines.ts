/** What a chart is drawn in, whatever size it is shown at. */
export const CHART_WIDTH = 600;
export const CHART_HEIGHT = 120;

/** The path of a line; it is broken where nothing is known, and a lone value is a dot. */
export function linePath(values: readonly (number | undefined)[], max: number): string {
  const step = CHART_WIDTH / Math.max(1, values.length - 1);
  const parts: string[] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const point = `${round(index * step)} ${round(CHART_HEIGHT - 1 - (value / max) * (CHART_HEIGHT - 2))}`;
    const isJoined = values[index - 1] !== undefined;
    const isLone = !isJoined && values[index + 1] === undefined;
    parts.push(`${isJoined ? 'L' : 'M'}${point}${isLone ? 'h.1' : ''}`);
  }
  return parts.join('');
}

/** The next of 1, 2, 5, 10, 20, 50 and so on. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= value) ?? 10;
  return factor * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
