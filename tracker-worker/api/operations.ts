import * as accounts from '../accounts/token-operations.ts';
import { LIST_OPERATIONS } from '../catalog/list-operations.ts';
import { READ_HISTORY } from '../catalog/history-operations.ts';
import * as torrents from '../catalog/torrent-operations.ts';
import * as jobs from '../uploads/job-operations.ts';
import * as seeding from '../uploads/seeding-operations.ts';
import * as uploads from '../uploads/upload-operations.ts';
import * as everseeds from '../webseed/everseed-operations.ts';
import type { Operation } from './operation.ts';

/** Everything that the API can be asked, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  torrents.LIST_TORRENTS,
  torrents.REGISTER_TORRENT,
  torrents.READ_TORRENT,
  torrents.DESCRIBE_TORRENT,
  torrents.UNPUBLISH_TORRENT,
  jobs.CREATE_JOB,
  jobs.LIST_JOBS,
  jobs.READ_JOB,
  jobs.CANCEL_JOB,
  uploads.CREATE_UPLOAD,
  uploads.READ_UPLOAD,
  uploads.APPEND_UPLOAD,
  uploads.CANCEL_UPLOAD,
  seeding.LIST_SEEDING,
  seeding.READ_SEEDING,
  READ_HISTORY,
  ...Object.values(LIST_OPERATIONS).flatMap(({ read, put, remove }) => [read, put, remove]),
  everseeds.REPORT_EVERSEED,
  everseeds.READ_EVERSEEDS,
  accounts.READ_SESSION,
  accounts.READ_TOKENS,
  accounts.CREATE_TOKEN,
  accounts.REVOKE_TOKEN,
];
