// How much accounts can make the seed box keep. What one job may have in bytes is a setting.
import { MAX_FILES } from '../../shared/torrent-files.ts';

/** Jobs of one account that still work. */
export const MAX_OPEN_JOBS_PER_ACCOUNT = 20;
/** Jobs of all accounts that still work. */
export const MAX_OPEN_JOBS = 500;
/** Jobs of one account that are over and still told of; the oldest give way. */
export const MAX_FINISHED_JOBS_PER_ACCOUNT = 100;
/** Files of one job: as many as a torrent may have. */
export const MAX_JOB_FILES: number = MAX_FILES;
/** Of the body that describes a job: a long path for each of its files. */
export const MAX_JOB_BODY_BYTES: number = 32 * 1024 * 1024;
/** Unfinished uploads of all accounts together, in largest jobs. */
export const MAX_UNFINISHED_LARGEST_JOBS = 4;
/** Space on the disk that uploads leave for everything else. */
export const KEPT_FREE_BYTES: number = 256 * 1024 * 1024;
/** An upload that nothing was added to for so long is given up, and what came of it removed. */
export const UPLOAD_EXPIRES_MS: number = 7 * 24 * 60 * 60 * 1000;

// As much as the edge takes: more would be refused after the upload.
export const MAX_TITLE_CHARACTERS = 200;
export const MAX_DESCRIPTION_CHARACTERS = 5_000;
export const MAX_WEB_SEEDS = 20;

/** Bad pieces and bad files of a verification that are told one by one. */
export const MAX_TOLD_FINDINGS = 1_000;
