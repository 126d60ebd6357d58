import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PublishError } from '../../seed-node/publish/publish-error.ts';
import { scanContent } from '../../seed-node/publish/scan-content.ts';
import { writeTree } from '../support/content.ts';
import { createTempDir } from '../support/temp-dir.ts';

describe('scanContent()', () => {
  test('lists a folder component by component in raw byte order', async () => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, { 'a/b': 1, 'a-b': 2, 'a.txt': 3, B: 4, é: 5, z: 0, 'a/a/a': 6 });

    const content = await scanContent(root);

    const paths = content.files.map((file) => file.torrentPath.join('/'));
    expect(paths).toEqual(['B', 'a/a/a', 'a/b', 'a-b', 'a.txt', 'z', 'é']);
    expect(content).toMatchObject({ name: 'tree', isFolder: true, sizeBytes: 21, skipped: [] });
  });

  test('takes a single file under its own name', async () => {
    const root = createTempDir();
    writeTree(root, { 'one.bin': 10 });

    const content = await scanContent(join(root, 'one.bin'));

    expect(content).toMatchObject({ name: 'one.bin', isFolder: false, sizeBytes: 10 });
    expect(content.files).toMatchObject([{ torrentPath: [], sizeBytes: 10 }]);
  });

  test('leaves symbolic links out and says so', async () => {
    const root = join(createTempDir(), 'tree');
    writeTree(root, { real: 1 });
    symlinkSync('/etc/hostname', join(root, 'link'));

    const content = await scanContent(root);

    expect(content.files.map((file) => file.torrentPath)).toEqual([['real']]);
    expect(content.skipped).toEqual([{ path: 'link', reason: 'a symbolic link' }]);
  });

  test.each([
    ['a missing path', () => {}, /tree: there is no such file or folder/],
    ['an empty folder', (root: string) => mkdirSync(root), /tree: the folder has no files/],
    [
      'a folder of folders',
      (root: string) => mkdirSync(join(root, 'a/b'), { recursive: true }),
      /tree: the folder has no files/,
    ],
    [
      'a folder of empty files',
      (root: string) => writeTree(root, { a: 0, b: 0 }),
      /tree: all its files are empty/,
    ],
    ['an empty file', (root: string) => writeFileSync(root, ''), /tree: the file is empty/],
    [
      'a name with a backslash',
      (root: string) => writeTree(root, { '..\\evil': 1 }),
      /evil: a name contains a backslash/,
    ],
    [
      'a pipe',
      (root: string) => execFileSync('mkfifo', [root]),
      /tree: it is neither a file nor a folder/,
    ],
    [
      'a name that is not UTF-8',
      (root: string) => {
        mkdirSync(root);
        writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x41])]), 'x');
      },
      /its name is not UTF-8/,
    ],
  ])('refuses %s', async (_case, make, message) => {
    const root = join(createTempDir(), 'tree');
    make(root);

    const scanning = scanContent(root);

    await expect(scanning).rejects.toThrow(PublishError);
    await expect(scanning).rejects.toThrow(message);
  });
});
