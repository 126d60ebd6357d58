import type { SwarmCounts } from '../../shared/scrape.ts';
import type { SeedingReport } from '../../shared/seeding.ts';

export interface CopiesAlert {
  readonly tone: 'bad' | 'warn';
  readonly text: string;
}

/** What a publisher should know about the copies of a torrent, the worst first; undefined where all is well. */
export function copiesAlert(
  counts: Pick<SwarmCounts, 'seeders'> | undefined,
  report: Pick<SeedingReport, 'withheldPieces'> | undefined,
): CopiesAlert | undefined {
  if (report !== undefined && report.withheldPieces > 0) {
    const pieces = report.withheldPieces.toLocaleString('en');
    return { tone: 'bad', text: `${pieces} damaged ${pieces === '1' ? 'piece' : 'pieces'}` };
  }
  if (counts === undefined) return undefined;
  if (counts.seeders === 0) return { tone: 'bad', text: 'no copy online' };
  // Our own seed box is one of the seeders.
  if (counts.seeders === 1) {
    return report === undefined
      ? { tone: 'warn', text: 'one copy, and not ours' }
      : { tone: 'warn', text: 'the only copy is ours' };
  }
  return undefined;
}
