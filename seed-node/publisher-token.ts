import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The embedded edge's secret: made on the first start, kept in the data directory, readable by its owner only. */
export function loadPublisherToken(dataDir: string): string {
  const path = join(dataDir, 'publisher-token');
  try {
    // `wx`: two first starts at once agree on one token.
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const token = readFileSync(path, 'utf8').trim();
  if (token === '') throw new Error(`${path} is empty; remove it, and a new token is made`);
  return token;
}
