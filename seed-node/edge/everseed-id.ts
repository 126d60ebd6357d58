import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name of this seed box at the edge: made on the first start and kept in the data directory. */
export function loadEverseedId(dataDir: string): string {
  const path = join(dataDir, 'everseed-id');
  try {
    writeFileSync(path, `${randomBytes(12).toString('hex')}\n`, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFileSync(path, 'utf8').trim();
}
