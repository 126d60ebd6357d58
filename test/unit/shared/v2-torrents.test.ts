import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Encodable, encodeBencode } from '../../../shared/bencode.ts';
import { toHex } from '../../../shared/bytes.ts';
import { encodeMetainfo, inspectMetainfo, parseMetainfo } from '../../../shared/metainfo.ts';
import { checkPieceLayers } from '../../../shared/piece-layers.ts';
import { describeRefusal } from '../../../shared/result.ts';
import { encodeInfo, type TorrentInfo } from '../../../shared/torrent-info.ts';
import { accepted, refusalOf, required } from './required.ts';

const PIECE = 16_384;
const ROOT = new Uint8Array(32).fill(7);
const SHA1 = new Uint8Array(20);

type Dictionary = { readonly [key: string]: Encodable | undefined };

function file(length: number, root: Uint8Array = ROOT): Dictionary {
  return { '': { length, 'pieces root': root } };
}

function rootless(length: number): Dictionary {
  return { '': { length } };
}

const V2: Dictionary = {
  'file tree': { a: file(10), b: { c: file(PIECE) } },
  'meta version': 2,
  name: 'tree',
  'piece length': PIECE,
};
const HYBRID: Dictionary = {
  ...V2,
  files: [
    { length: 10, path: ['a'] },
    { attr: 'p', length: PIECE - 10, path: ['.pad', String(PIECE - 10)] },
    { length: PIECE, path: ['b', 'c'] },
  ],
  pieces: new Uint8Array(40),
};

function torrent(info: Dictionary, outer: Dictionary = { 'piece layers': {} }): Uint8Array {
  return encodeBencode({ ...outer, info });
}

/** What a lenient reading notes, and whether anything came of it. */
function inspected(bytes: Uint8Array): { readonly isRead: boolean; readonly defects: string[] } {
  const defects: string[] = [];
  const result = inspectMetainfo(bytes, (defect) => defects.push(describeRefusal(defect)));
  return { isRead: result.ok, defects };
}

describe('parseMetainfo() reads', () => {
  test('a v2 folder: each file with bytes at the start of a piece', () => {
    const { info, pieceLayers } = accepted(parseMetainfo(torrent(V2)));
    expect(info).toMatchObject({
      format: 'v2',
      name: 'tree',
      isFolder: true,
      sizeBytes: PIECE + 10,
    });
    expect(info.pieceHashes).toBeUndefined();
    expect(info.files).toEqual([
      { path: ['a'], lengthBytes: 10, offsetBytes: 0, piecesRoot: ROOT },
      { path: ['b', 'c'], lengthBytes: PIECE, offsetBytes: PIECE, piecesRoot: ROOT },
    ]);
    expect(pieceLayers).toEqual(new Map());
  });

  test('a v2 file: a tree of one file of the torrent’s name', () => {
    const { info } = accepted(parseMetainfo(torrent({ ...V2, 'file tree': { tree: file(10) } })));
    expect(info).toMatchObject({ isFolder: false, files: [{ path: [], lengthBytes: 10 }] });
  });

  test('a hybrid: its v1 files with the roots of its v2 ones', () => {
    const { info } = accepted(parseMetainfo(torrent(HYBRID)));
    expect(info).toMatchObject({ format: 'hybrid', extentBytes: 2 * PIECE, sizeBytes: PIECE + 10 });
    expect(info.files.map((each) => each.piecesRoot)).toEqual([ROOT, ROOT]);
    expect(encodeInfo(info)).toEqual(encodeBencode(HYBRID));
  });

  test('empty files, which have no root and no place of their own', () => {
    const tree = { a: rootless(0), b: file(10), c: rootless(0), d: file(5) };
    const { info } = accepted(parseMetainfo(torrent({ ...V2, 'file tree': tree })));
    expect(info.files.map((each) => each.offsetBytes)).toEqual([0, 0, 10, PIECE]);
    expect(info.files.map((each) => each.piecesRoot)).toEqual([undefined, ROOT, undefined, ROOT]);
  });

  test('piece layers of the files that are longer than a piece', () => {
    const layer = new Uint8Array(96).fill(3);
    const info = { ...V2, 'file tree': { a: file(10, SHA1_AS_ROOT), b: file(2 * PIECE + 1) } };
    const bytes = encodeMetainfo(encodeBencode(info), {
      trackers: [],
      webSeeds: [],
      pieceLayers: new Map([[toHex(ROOT), layer]]),
    });
    expect(accepted(parseMetainfo(bytes)).pieceLayers).toEqual(new Map([[toHex(ROOT), layer]]));
  });
});

const SHA1_AS_ROOT = new Uint8Array(32).fill(9);

const badTree = (tree: Encodable): Uint8Array => torrent({ ...V2, 'file tree': tree });
const badFiles = (...files: readonly Encodable[]): Uint8Array => torrent({ ...HYBRID, files });
const [A, PAD, C] = [
  { length: 10, path: ['a'] },
  { attr: 'p', length: PIECE - 10, path: ['.pad', 'x'] },
  { length: PIECE, path: ['b', 'c'] },
] as const;
const LARGE = { ...V2, 'file tree': { a: file(PIECE + 1) } };
const LAYER_KEY = String.fromCharCode(...ROOT);

/** [case, bytes, code, at, can a lenient reading go on?] */
const REFUSED: readonly (readonly [string, Uint8Array, string, string, boolean])[] = [
  [
    'another meta version',
    torrent({ ...V2, 'meta version': 3 }),
    'unsupported',
    'info.meta version',
    false,
  ],
  [
    'another meta version of what is v1 as well',
    torrent({ ...HYBRID, 'meta version': 3 }),
    'unsupported',
    'info.meta version',
    true,
  ],
  [
    'no file tree',
    torrent({ ...V2, 'file tree': undefined }),
    'not-a-torrent',
    'info.file tree',
    false,
  ],
  ['a file for a tree', badTree(file(1)), 'not-a-torrent', 'info.file tree', false],
  ['a list for a tree', badTree([]), 'not-a-torrent', 'info.file tree', false],
  ['an empty folder', badTree({ a: {} }), 'not-a-torrent', 'info.file tree/a', false],
  ['an entry that is no dictionary', badTree({ a: 1 }), 'not-a-torrent', 'info.file tree/a', false],
  [
    'a file that is a folder too',
    badTree({ a: { ...file(1), b: file(1) } }),
    'not-a-torrent',
    'info.file tree/a',
    false,
  ],
  ['a negative length', badTree({ a: file(-1) }), 'not-a-torrent', 'info.file tree/a', false],
  ['no pieces root', badTree({ a: rootless(1) }), 'not-a-torrent', 'info.file tree/a', false],
  [
    'a short pieces root',
    badTree({ a: file(1, SHA1) }),
    'not-a-torrent',
    'info.file tree/a',
    false,
  ],
  [
    'an empty file with a pieces root',
    badTree({ a: file(0) }),
    'not-a-torrent',
    'info.file tree/a',
    false,
  ],
  [
    'a name that leads out',
    badTree({ '..': { a: file(1) } }),
    'unsafe-path',
    'info.file tree',
    true,
  ],
  ['a name with a slash', badTree({ 'a/b': file(1) }), 'unsafe-path', 'info.file tree', true],
  ['no bytes', badTree({ a: rootless(0) }), 'not-a-torrent', 'info.file tree', true],
  [
    'a piece length that is no power of two',
    torrent({ ...V2, 'piece length': 20_000 }),
    'not-a-torrent',
    'info.piece length',
    false,
  ],
  [
    'short pieces',
    torrent({ ...V2, 'piece length': 8_192 }),
    'not-a-torrent',
    'info.piece length',
    false,
  ],
  ['a hybrid without padding', badFiles(A, C), 'not-a-torrent', 'info.files', true],
  ['a hybrid in another order', badFiles(C, PAD, A), 'not-a-torrent', 'info.files', true],
  [
    'a hybrid of another name',
    badFiles({ ...A, path: ['x'] }, PAD, C),
    'not-a-torrent',
    'info.files',
    true,
  ],
  [
    'a hybrid of another length',
    badFiles({ ...A, length: 11 }, { ...PAD, length: PIECE - 11 }, C),
    'not-a-torrent',
    'info.files',
    true,
  ],
  [
    'a hybrid file that is missing',
    badFiles(A, PAD, { ...C, path: ['b'] }),
    'not-a-torrent',
    'info.files',
    true,
  ],
  ['no piece layers', torrent(V2, {}), 'not-a-torrent', 'piece layers', true],
  ['a piece layer too few', torrent(LARGE), 'not-a-torrent', `piece layers.${toHex(ROOT)}`, true],
  [
    'a short piece layer',
    torrent(LARGE, { 'piece layers': { [LAYER_KEY]: ROOT } }),
    'not-a-torrent',
    `piece layers.${toHex(ROOT)}`,
    true,
  ],
  [
    'a piece layer too many',
    torrent(V2, { 'piece layers': { [LAYER_KEY]: new Uint8Array(64) } }),
    'not-a-torrent',
    `piece layers.${toHex(ROOT)}`,
    true,
  ],
];

describe('a v2 or hybrid torrent that is not published', () => {
  test.each(REFUSED)('%s', (_case, bytes, code, at, isReadable) => {
    expect(refusalOf(parseMetainfo(bytes))).toEqual({ code, at });
    const { isRead, defects } = inspected(bytes);
    expect(isRead).toBe(isReadable);
    expect(defects.length > 0).toBe(isReadable);
  });
});

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

describe('checkPieceLayers()', () => {
  test('finds the layer that does not hash to its root', () => {
    const layer = new Uint8Array(64).fill(1);
    const root = sha256(layer);
    const info: TorrentInfo = accepted(
      parseMetainfo(
        encodeMetainfo(encodeBencode({ ...V2, 'file tree': { a: file(PIECE + 1, root) } }), {
          trackers: [],
          webSeeds: [],
          pieceLayers: new Map([[toHex(root), layer]]),
        }),
      ),
    ).info;
    expect(checkPieceLayers(info, new Map([[toHex(root), layer]]), sha256)).toBeUndefined();
    const wrong = new Map([[toHex(root), new Uint8Array(64)]]);
    expect(required(checkPieceLayers(info, wrong, sha256)).at).toBe(`piece layers.${toHex(root)}`);
  });
});
