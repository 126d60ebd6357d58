import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashContent } from '../../seed-node/publish/hash-content.ts';
import { PublishError } from '../../seed-node/publish/publish-error.ts';
import { scanContent } from '../../seed-node/publish/scan-content.ts';
import { concatBytes } from '../../shared/bytes.ts';
import { writeTree } from '../support/content.ts';
import { createTempDir } from '../support/temp-dir.ts';

const MIB = 1024 * 1024;
const PIECE_LENGTH = 64 * 1024;

describe('hashContent()', () => {
  test.each([
    ['exactly k pieces', { a: 4 * PIECE_LENGTH }],
    ['k pieces and one byte', { a: 4 * PIECE_LENGTH + 1 }],
    ['one short piece', { a: 1 }],
    [
      'files across piece borders, empty ones among them',
      { a: 100_000, b: 0, c: 3 * MIB + 7, d: 1 },
    ],
  ])('hashes %s as the concatenation of the files', async (_case, files) => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, files);
    const content = await scanContent(root);

    const hashes = await hashContent(content, {
      pieceLengthBytes: PIECE_LENGTH,
      onProgress: () => {},
      signal: new AbortController().signal,
    });

    const whole = concatBytes(content.files.map((file) => readFileSync(file.path)));
    const expected: Uint8Array[] = [];
    for (let offset = 0; offset < whole.length; offset += PIECE_LENGTH) {
      const piece = whole.subarray(offset, offset + PIECE_LENGTH);
      expected.push(createHash('sha1').update(piece).digest());
    }
    expect(Buffer.from(hashes).toString('hex')).toBe(Buffer.concat(expected).toString('hex'));
  });

  test.each([
    ['grows', (path: string) => appendFileSync(path, 'x')],
    ['shrinks', (path: string) => truncateSync(path, MIB)],
    ['is written over', (path: string) => utimesSync(path, 1, 1)],
  ])('refuses a file that %s while it is hashed, by name', async (_case, change) => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, { a: 10, b: 3 * MIB });
    const content = await scanContent(root);
    let isChanged = false;

    const hashing = hashContent(content, {
      pieceLengthBytes: PIECE_LENGTH,
      signal: new AbortController().signal,
      onProgress: (hashedBytes) => {
        if (hashedBytes > 10 && !isChanged) change(join(root, 'b'));
        isChanged ||= hashedBytes > 10;
      },
    });

    await expect(hashing).rejects.toThrow(PublishError);
    await expect(hashing).rejects.toThrow(/tree\/b: the file changed while it was hashed/);
  });

  test('stops when it is aborted', async () => {
    const root = join(createTempDir(), 'a');
    writeTree(root, { a: 3 * MIB });
    const controller = new AbortController();

    const hashing = hashContent(await scanContent(root), {
      pieceLengthBytes: PIECE_LENGTH,
      onProgress: () => controller.abort(new Error('enough')),
      signal: controller.signal,
    });

    await expect(hashing).rejects.toThrow('enough');
  });
});
