import { formatTable } from './table.ts';

/** A target, and whether it was met. */
export interface Verdict {
  readonly target: string;
  /** Undefined where it could not be measured. */
  readonly figure: number | undefined;
  readonly isMet: boolean;
}

export function atMost(target: string, figure: number | undefined, limit: number): Verdict {
  return {
    target: `${target}: at most ${limit}`,
    figure,
    isMet: figure !== undefined && figure <= limit,
  };
}

export function atLeast(target: string, figure: number | undefined, limit: number): Verdict {
  return {
    target: `${target}: at least ${limit}`,
    figure,
    isMet: figure !== undefined && figure >= limit,
  };
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  return formatTable(
    ['', 'figure', ''],
    verdicts.map(({ target, figure, isMet }) => [
      target,
      figure === undefined ? 'not measured' : String(Math.round(figure * 1_000) / 1_000),
      isMet ? 'pass' : 'MISS',
    ]),
  );
}
