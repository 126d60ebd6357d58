import type { Verdict } from '../verdicts.ts';

/** What every part of the benchmark serves. */
export interface BenchedTorrent {
  readonly contentPath: string;
  /** The folder that it lies in, and that seeders may write in. */
  readonly folder: string;
  readonly torrentPath: string;
  /** In hex. */
  readonly infoHash: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
}

/** What one part of the benchmark found out. */
export interface Section {
  readonly title: string;
  readonly table: string;
  /** What was not measured, and why. */
  readonly notes: readonly string[];
  /** For the report in JSON. */
  readonly figures: unknown;
  readonly verdicts: readonly Verdict[];
}
