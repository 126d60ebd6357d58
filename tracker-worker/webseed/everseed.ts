import { EVERSEED_REPORT_INTERVAL_SECONDS, type EverseedReport } from '../../shared/everseed.ts';

/** A seed box that reported. */
export interface Everseed extends EverseedReport {
  /** Its own choice, the same in all its reports. */
  readonly id: string;
  readonly seenAtSeconds: number;
}

/** Seed boxes that one edge knows at a time. */
export const MAX_EVERSEEDS = 100;

/** A seed box that was silent for longer is gone. */
export const EVERSEED_EXPIRES_SECONDS: number = 3 * EVERSEED_REPORT_INTERVAL_SECONDS;

/** What became of a report. */
export type EverseedOutcome = 'new' | 'known' | 'too-many';
