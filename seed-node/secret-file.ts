import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret of this name: made on the first start, kept in the data directory, readable by its owner only. */
export function loadSecret(dataDir: string, name: string): string {
  const path = join(dataDir, name);
  try {
    // `wx`: two first starts at once agree on one secret.
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const secret = readFileSync(path, 'utf8').trim();
  if (secret === '') throw new Error(`${path} is empty; remove it, and a new one is made`);
  return secret;
}
