import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { infoHashesOf } from '../../seed-node/hashing/info-hashes.ts';
import { makeTorrent } from '../../seed-node/publish/make-torrent.ts';
import { scanContent } from '../../seed-node/publish/scan-content.ts';
import { concatBytes } from '../../shared/bytes.ts';
import { TORRENT_FORMATS, type TorrentFormat } from '../../shared/info-hash.ts';
import { encodeMetainfo, inspectMetainfo, parseMetainfo } from '../../shared/metainfo.ts';
import { encodeInfo } from '../../shared/torrent-info.ts';
import { makeBytes, writeTree } from '../support/content.ts';
import { infoSlice } from '../support/info-slice.ts';
import { createTempDir } from '../support/temp-dir.ts';

const PIECE_LENGTH = 16_384;

async function make(root: string, format: TorrentFormat): Promise<Uint8Array> {
  const made = await makeTorrent(
    await scanContent(root),
    { format, pieceLengthBytes: PIECE_LENGTH, isPrivate: false, source: undefined },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  const { pieceLayers } = made;
  const trackers = [['http://tracker.example/announce'], ['udp://tracker.example:80']];
  return encodeMetainfo(made.infoBytes, {
    trackers,
    webSeeds: ['https://w.example/'],
    pieceLayers,
  });
}

/** Names that sort differently by bytes, by characters and by whole paths. */
const name = fc.constantFrom(
  'a',
  'a-b',
  'a.txt',
  'B',
  'b',
  'é',
  'e\u0301',
  '日本',
  '😀',
  '\uFF5E',
  ' ',
  '~',
);
const length = fc.oneof(
  fc.constantFrom(0, 1, PIECE_LENGTH - 1, PIECE_LENGTH, PIECE_LENGTH + 1, 3 * PIECE_LENGTH),
  fc.nat(70_000),
);

/** Files by path: no file is where another needs a folder, and one at least has bytes. */
const tree = fc
  .array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), length), { maxLength: 8 })
  .map((entries) => {
    const files = new Map<string, number>([['0', 5]]);
    for (const [path, bytes] of entries) {
      const text = path.join('/');
      const clashes = [...files.keys()].some(
        (other) => `${other}/`.startsWith(`${text}/`) || `${text}/`.startsWith(`${other}/`),
      );
      if (!clashes) files.set(text, bytes);
    }
    return Object.fromEntries(files);
  });

function treeOrder(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (const [depth, part] of left.entries()) {
    const order = Buffer.compare(Buffer.from(part), Buffer.from(right[depth] ?? ''));
    if (order !== 0) return order;
  }
  return 0;
}

describe('a .torrent that was made', () => {
  test.each(TORRENT_FORMATS)(
    'describes its tree, and is the same when written again: %s',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(tree, async (files) => {
          const root = join(createTempDir(), 'root');
          for (const [path, bytes] of Object.entries(files)) {
            mkdirSync(dirname(join(root, path)), { recursive: true });
            writeFileSync(join(root, path), makeBytes(bytes, path));
          }

          const bytes = await make(root, format);
          const parsed = parseMetainfo(bytes);

          if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
          const { info, infoBytes, ...outer } = parsed.value;
          expect(info.files.map((file) => [file.path.join('/'), file.lengthBytes])).toEqual(
            Object.entries(files).toSorted(([a], [b]) => treeOrder(a, b)),
          );
          expect(info).toMatchObject({ format, name: 'root', isFolder: true });
          expect(encodeInfo(info)).toEqual(Uint8Array.from(infoBytes));
          expect(encodeMetainfo(infoBytes, outer)).toEqual(bytes);
        }),
        { numRuns: 40 },
      );
    },
    120_000,
  );
});

interface Mutation {
  readonly at: number;
  readonly kind: 'change' | 'insert' | 'delete' | 'repeat';
  readonly byte: number;
  readonly length: number;
}

/** Bytes that mean something in bencoding, most of the time. */
const byte = fc.oneof(
  fc.constantFrom(...'0123456789idle:-'.split('').map((c) => c.charCodeAt(0))),
  fc.nat(255),
);
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(2 ** 20),
  kind: fc.constantFrom('change', 'insert', 'delete', 'repeat'),
  byte,
  length: fc.integer({ min: 1, max: 40 }),
});

function mutate(bytes: Uint8Array, { at, kind, byte: value, length: count }: Mutation): Uint8Array {
  const place = at % bytes.length;
  const before = bytes.subarray(0, place);
  const run = bytes.subarray(place, place + count);
  switch (kind) {
    case 'change':
      return concatBytes([before, Uint8Array.of(value), bytes.subarray(place + 1)]);
    case 'insert':
      return concatBytes([before, Uint8Array.of(value), bytes.subarray(place)]);
    case 'delete':
      return concatBytes([before, bytes.subarray(place + count)]);
    case 'repeat':
      return concatBytes([before, run, run, bytes.subarray(place + count)]);
  }
}

describe('a .torrent that was changed', () => {
  test.each(TORRENT_FORMATS)(
    'is refused, or has the info-hash of its own bytes, and never crashes: %s',
    async (format) => {
      const root = join(createTempDir(), 'root');
      writeTree(root, { 'a/b': 40_000, 'a/c': 0, 'a-b': 5, é: 20_000 });
      const valid = await make(root, format);
      let acceptedCount = 0;
      fc.assert(
        fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
          const bytes = mutations.reduce(mutate, valid);
          inspectMetainfo(bytes, () => {});
          const parsed = parseMetainfo(bytes);
          if (!parsed.ok) return;
          acceptedCount += 1;
          const { info, infoBytes, ...outer } = parsed.value;
          const slice = infoSlice(bytes) ?? new Uint8Array();
          const { v1, v2 } = infoHashesOf(infoBytes, info.format);
          const sha = (algorithm: string): string =>
            createHash(algorithm).update(slice).digest('hex');
          expect([undefined, sha('sha1')]).toContain(v1);
          expect([undefined, sha('sha256')]).toContain(v2);
          // Only keys that nobody knows are not written again.
          const again = parseMetainfo(encodeMetainfo(infoBytes, outer));
          expect(again.ok && again.value.infoBytes).toEqual(infoBytes);
        }),
        { numRuns: 10_000 },
      );
      // Changes of a hash or a name are as good as what they replace.
      expect(acceptedCount).toBeGreaterThan(100);
    },
    120_000,
  );
});
