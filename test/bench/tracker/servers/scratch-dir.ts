import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** A folder that is removed when the bench ends. */
export function createScratchDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evertorrent-bench-'));
  folders.push(folder);
  return folder;
}
