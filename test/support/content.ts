import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Bytes that look random and are the same in every run. */
export function makeBytes(length: number, seed: string): Uint8Array {
  const bytes = new Uint8Array(length);
  let block = createHash('sha256').update(seed).digest();
  for (let offset = 0; offset < length; offset += block.length) {
    bytes.set(block.subarray(0, length - offset), offset);
    block = createHash('sha256').update(block).digest();
  }
  return bytes;
}

/** Writes files, given as lengths, below `root`; their content follows from their path. */
export function writeTree(root: string, files: Readonly<Record<string, number>>): void {
  for (const [path, length] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), makeBytes(length, path));
  }
}

/** The SHA-256 of every file below `root`, by path: two trees are equal when these are. */
export function hashTree(root: string): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(root, entry);
    if (statSync(path).isFile()) {
      hashes[entry] = createHash('sha256').update(readFileSync(path)).digest('hex');
    }
  }
  return hashes;
}
