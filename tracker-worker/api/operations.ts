import * as accounts from '../accounts/token-operations.ts';
import { LIST_OPERATIONS } from '../catalog/list-operations.ts';
import * as torrents from '../catalog/torrent-operations.ts';
import * as everseeds from '../webseed/everseed-operations.ts';
import type { Operation } from './operation.ts';

/** Everything that the API can be asked, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  torrents.REGISTER_TORRENT,
  torrents.READ_TORRENT,
  torrents.UNPUBLISH_TORRENT,
  ...Object.values(LIST_OPERATIONS).flatMap(({ read, put, remove }) => [read, put, remove]),
  everseeds.REPORT_EVERSEED,
  everseeds.READ_EVERSEEDS,
  accounts.READ_SESSION,
  accounts.READ_TOKENS,
  accounts.CREATE_TOKEN,
  accounts.REVOKE_TOKEN,
];
