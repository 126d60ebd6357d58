import { describe, expect, test } from 'vitest';
import { folderOf } from '../../../../tracker-worker/pages/file-folder.ts';

const file = (path: string, lengthBytes: number) => ({
  path: path.split('/'),
  lengthBytes,
  offsetBytes: 0,
});
const FILES = [file('a/b/one', 1), file('two', 2), file('a/three', 4), file('a/b/four', 8)];

describe('folderOf()', () => {
  test('gathers files in their folders, with the sums of what is in them', () => {
    const root = folderOf(FILES, 0, FILES.length);
    expect(root).toMatchObject({ fileCount: 4, sizeBytes: 15 });
    const a = root.folders.get('a');
    expect(a).toMatchObject({ fileCount: 3, sizeBytes: 13 });
    expect(a?.folders.get('b')).toMatchObject({ fileCount: 2, sizeBytes: 9 });
    expect(root.files.map(({ path }) => path)).toEqual([['two']]);
    expect(a?.files.map(({ path }) => path)).toEqual([['a', 'three']]);
  });

  test('lists a part, and sums all of what its folders hold', () => {
    const root = folderOf(FILES, 2, 3);
    expect(root.files).toEqual([]);
    expect(root.folders.get('a')).toMatchObject({ fileCount: 3, sizeBytes: 13 });
    expect(root.folders.get('a')?.folders.size).toBe(0);
  });
});
