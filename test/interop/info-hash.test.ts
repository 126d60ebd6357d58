import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeInfo } from '../../seed-node/publish/make-info.ts';
import { scanContent } from '../../seed-node/publish/scan-content.ts';
import { encodeMetainfo } from '../../shared/metainfo.ts';
import { recommendPieceLength } from '../../shared/pieces.ts';
import { writeTree } from '../support/content.ts';
import { runTool } from '../support/run-client.ts';
import { createTempDir } from '../support/temp-dir.ts';

const KIB = 1024;
/** The smallest that mktorrent makes. */
const PIECE_LENGTH = 32 * KIB;
const TRACKER = 'http://tracker.example/announce';

/** Trees whose order mktorrent agrees on: single files and flat folders. */
const TREES: readonly (readonly [name: string, files: Readonly<Record<string, number>>])[] = [
  ['a file of exactly k pieces', { 'one.bin': 4 * PIECE_LENGTH }],
  ['a file of k pieces and one byte', { 'one.bin': 4 * PIECE_LENGTH + 1 }],
  ['a file smaller than a piece', { 'one.bin': 5 }],
  ['a file of 50 MB', { 'one.bin': 50_000_000 }],
  [
    'a flat folder',
    { 'tree/a.txt': 100, 'tree/a-b': 40 * KIB, 'tree/B': 1, 'tree/ünïcode': 17 * KIB },
  ],
];

describe('the info-hash', () => {
  test.each(TREES)('of %s equals that of mktorrent and transmission-show', async (_case, files) => {
    const dir = createTempDir();
    writeTree(dir, files);
    const root = join(dir, Object.keys(files)[0]?.split('/')[0] ?? '');
    const content = await scanContent(root);
    const pieceLengthBytes = Math.max(PIECE_LENGTH, recommendPieceLength(content.sizeBytes));

    const infoBytes = await makeInfo(content, {
      pieceLengthBytes,
      onProgress: () => {},
      signal: new AbortController().signal,
    });

    const infoHash = createHash('sha1').update(infoBytes).digest('hex');
    const ours = join(dir, 'ours.torrent');
    writeFileSync(ours, encodeMetainfo(infoBytes, { trackers: [[TRACKER]], webSeeds: [] }));
    const theirs = join(dir, 'theirs.torrent');
    const exponent = String(Math.log2(pieceLengthBytes));
    runTool('mktorrent', ['-d', '-l', exponent, '-a', TRACKER, '-o', theirs, root]);
    expect(shownHash(theirs)).toBe(infoHash);
    expect(shownHash(ours)).toBe(infoHash);
  });
});

/** The info-hash that Transmission computes. */
function shownHash(torrentPath: string): string | undefined {
  return /^\s*Hash: ([0-9a-f]{40})$/m.exec(runTool('transmission-show', [torrentPath]))?.[1];
}
