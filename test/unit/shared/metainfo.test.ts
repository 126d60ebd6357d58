import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Encodable, encodeBencode } from '../../../shared/bencode.ts';
import { concatBytes } from '../../../shared/bytes.ts';
import { encodeMetainfo, parseInfoBytes, parseMetainfo } from '../../../shared/metainfo.ts';
import { encodeLatin1, encodeUtf8 } from '../../../shared/text.ts';
import { MAX_FILES, type TorrentFile } from '../../../shared/torrent-files.ts';
import { encodeInfo, type TorrentInfo } from '../../../shared/torrent-info.ts';
import { accepted, refusalOf } from './required.ts';

type Dictionary = { readonly [key: string]: Encodable | undefined };

const HASH = new Uint8Array(20).fill(0xab);
const FILE: Dictionary = { length: 100, name: 'file.bin', 'piece length': 16_384, pieces: HASH };
const FOLDER: Dictionary = {
  files: [{ length: 100, path: ['a', 'b.bin'] }],
  name: 'folder',
  'piece length': 16_384,
  pieces: HASH,
};

function torrent(info: Encodable, outer: Dictionary = {}): Uint8Array {
  return encodeBencode({ ...outer, info });
}

function padded(bytes: number): Uint8Array {
  return torrent(FILE, { x: 'x'.repeat(bytes) });
}

function trackerUrl(bytes: number): string {
  return `http://${'a'.repeat(bytes - 7)}`;
}

/** What `withValues()` holds besides: the root, the info, its four values, the list. */
const VALUES_BESIDES = 7;

/** With `count` values in a list that nobody reads. */
function withValues(count: number): Uint8Array {
  const info = `d6:lengthi1e4:name1:f12:piece lengthi16384e6:pieces20:${'H'.repeat(20)}e`;
  return encodeLatin1(`d4:info${info}1:xl${'i0e'.repeat(count)}ee`);
}

/** Written by hand: the encoder is slow with so many. */
function withFileCount(count: number): Uint8Array {
  const names = Array.from({ length: count }, (_, index) => String(index).padStart(6, '0'));
  const files = names.map((name, index) => `d6:lengthi${index === 0 ? 100 : 0}e4:pathl6:${name}ee`);
  const tail = `4:name1:f12:piece lengthi16384e6:pieces20:${'H'.repeat(20)}`;
  return encodeLatin1(`d4:infod5:filesl${files.join('')}e${tail}ee`);
}

function withFiles(...files: readonly Encodable[]): Uint8Array {
  return torrent({ ...FOLDER, files });
}

function withPath(...path: readonly Encodable[]): Uint8Array {
  return withFiles({ length: 100, path });
}

describe('parseMetainfo() reads', () => {
  test('a single file: its path is empty, its name the torrent’s', () => {
    const metainfo = accepted(parseMetainfo(torrent(FILE)));
    expect(metainfo.info).toEqual({
      format: 'v1',
      name: 'file.bin',
      isFolder: false,
      files: [{ path: [], lengthBytes: 100, offsetBytes: 0 }],
      extentBytes: 100,
      sizeBytes: 100,
      pieceLengthBytes: 16_384,
      pieceHashes: HASH,
      isPrivate: false,
    });
  });

  test('a folder: files one after another, empty ones too', () => {
    const files = [
      { length: 10, path: ['a'] },
      { length: 0, path: ['b', 'empty'] },
      { length: 5, path: ['b', 'c'] },
    ];
    const { info } = accepted(parseMetainfo(torrent({ ...FOLDER, files })));
    expect(info.isFolder).toBe(true);
    expect(info.sizeBytes).toBe(15);
    expect(info.files).toEqual([
      { path: ['a'], lengthBytes: 10, offsetBytes: 0 },
      { path: ['b', 'empty'], lengthBytes: 0, offsetBytes: 10 },
      { path: ['b', 'c'], lengthBytes: 5, offsetBytes: 10 },
    ]);
  });

  test.each([
    ['1', 1, true],
    ['0', 0, false],
    ['2', 2, false],
    ['text', '1', false],
    ['nothing', undefined, false],
  ])('private %s', (_name, value, isPrivate) => {
    const { info } = accepted(parseMetainfo(torrent({ ...FILE, private: value })));
    expect(info.isPrivate).toBe(isPrivate);
  });

  test.each<[name: string, outer: Dictionary, trackers: string[][]]>([
    ['no tracker', {}, []],
    ['announce alone', { announce: 'http://a/announce' }, [['http://a/announce']]],
    [
      'announce-list in its tiers, before announce',
      {
        announce: 'http://a/announce',
        'announce-list': [['http://b/announce', 'http://c/announce'], ['wss://d/announce']],
      },
      [['http://b/announce', 'http://c/announce'], ['wss://d/announce']],
    ],
    ['an empty announce as none', { announce: '' }, []],
    ['an empty announce-list as none', { 'announce-list': [] }, []],
    [
      'an announce-list of empty tiers and empty URLs as none',
      { announce: 'http://a/announce', 'announce-list': [[], [''], ['', '']] },
      [['http://a/announce']],
    ],
    ['empty tiers and URLs without an announce', { announce: '', 'announce-list': [[], ['']] }, []],
    [
      'tiers without what is empty in them',
      { announce: '', 'announce-list': [[''], ['', 'http://b/'], [], ['udp://c:1', '']] },
      [['http://b/'], ['udp://c:1']],
    ],
    [
      'every kind of tracker URL',
      {
        'announce-list': [['http://a', 'https://a', 'ws://a', 'wss://a', 'udp://a:1', 'HTTP://A']],
      },
      [['http://a', 'https://a', 'ws://a', 'wss://a', 'udp://a:1', 'HTTP://A']],
    ],
  ])('%s', (_name, outer, trackers) => {
    expect(accepted(parseMetainfo(torrent(FILE, outer))).trackers).toEqual(trackers);
  });

  test.each<[name: string, urls: Encodable | undefined, webSeeds: string[]]>([
    ['no url-list', undefined, []],
    ['a url-list of two', ['http://a/', 'http://b/'], ['http://a/', 'http://b/']],
    ['a url-list that is one string (BEP 19)', 'http://a/', ['http://a/']],
    ['a url-list that is an empty string', '', []],
    ['an empty url-list', [], []],
    ['a url-list of empty strings', ['', ''], []],
    [
      'every kind of web seed',
      ['http://a/', 'https://a/', 'ftp://a/', 'FTP://A/'],
      ['http://a/', 'https://a/', 'ftp://a/', 'FTP://A/'],
    ],
    ['a url-list with an empty string', ['', 'http://a/'], ['http://a/']],
  ])('%s', (_name, urls, webSeeds) => {
    const outer = { 'url-list': urls };
    expect(accepted(parseMetainfo(torrent(FILE, outer))).webSeeds).toEqual(webSeeds);
  });

  test.each<[name: string, comment: Encodable | undefined, text: string | undefined]>([
    ['a comment', 'grüße', 'grüße'],
    ['no comment', undefined, undefined],
    ['a comment that is no UTF-8 as none', Uint8Array.of(0xff), undefined],
    ['a comment that is no string as none', 7, undefined],
    ['a comment of 10,000 characters', 'x'.repeat(10_000), 'x'.repeat(10_000)],
    ['a comment cut at 10,000 characters', 'x'.repeat(10_001), 'x'.repeat(10_000)],
    [
      'a comment whose last character ends at the cut',
      `${'x'.repeat(9998)}𝕏y`,
      `${'x'.repeat(9998)}𝕏`,
    ],
    [
      'a comment cut through a character, well-formed',
      `${'x'.repeat(9999)}𝕏`,
      `${'x'.repeat(9999)}\uFFFD`,
    ],
  ])('%s', (_name, comment, text) => {
    expect(accepted(parseMetainfo(torrent(FILE, { comment }))).comment).toBe(text);
  });

  test('keys that it does not know', () => {
    const bytes = torrent({ ...FILE, source: 'X', 'x-other': [1] }, { 'created by': 'Y' });
    expect(refusalOf(parseMetainfo(bytes)).code).toBe('accepted');
  });
});

describe('parseMetainfo() refuses', () => {
  const tooManyNames = Array.from({ length: 101 }, () => 'a');

  test.each<[name: string, bytes: Uint8Array, code: string, at: string | undefined]>([
    ['nothing', new Uint8Array(), 'unexpected-end', 'byte 0'],
    ['an HTML page', encodeUtf8('<html>'), 'unexpected-byte', 'byte 0'],
    [
      'a byte after the end',
      concatBytes([torrent(FILE), encodeLatin1('\n')]),
      'trailing-bytes',
      `byte ${torrent(FILE).length}`,
    ],
    ['unsorted keys', encodeLatin1('d4:infode8:announce0:e'), 'unsorted-keys', 'byte 9'],
    ['a list', encodeBencode([]), 'not-a-torrent', undefined],
    ['no info', encodeBencode({ announce: 'http://a' }), 'not-a-torrent', 'info'],
    ['an info that is text', torrent('info'), 'not-a-torrent', 'info'],
    ['meta version 3', torrent({ ...FILE, 'meta version': 3 }), 'unsupported', 'info.meta version'],
    [
      'a file tree without a meta version',
      torrent({ ...FILE, 'file tree': {} }),
      'not-a-torrent',
      'info.meta version',
    ],
    ['no name', torrent({ ...FILE, name: undefined }), 'not-a-torrent', 'info.name'],
    [
      'a name that is no UTF-8',
      torrent({ ...FILE, name: Uint8Array.of(0xff) }),
      'unsafe-path',
      'info.name',
    ],
    ['a name that is an integer', torrent({ ...FILE, name: 7 }), 'not-a-torrent', 'info.name'],
    ['an empty name', torrent({ ...FILE, name: '' }), 'unsafe-path', 'info.name'],
    ['a name of ..', torrent({ ...FILE, name: '..' }), 'unsafe-path', 'info.name'],
    ['an absolute name', torrent({ ...FILE, name: '/etc/passwd' }), 'unsafe-path', 'info.name'],
    ['a name with a NUL', torrent({ ...FILE, name: 'a\0' }), 'unsafe-path', 'info.name'],
    ['a name with a backslash', torrent({ ...FILE, name: 'a\\b' }), 'unsafe-path', 'info.name'],
    ['a name of a Windows drive', torrent({ ...FILE, name: 'C:a' }), 'unsafe-path', 'info.name'],
    ['a folder’s name of ..', torrent({ ...FOLDER, name: '..' }), 'unsafe-path', 'info.name'],
    [
      'no piece length',
      torrent({ ...FILE, 'piece length': undefined }),
      'not-a-torrent',
      'info.piece length',
    ],
    [
      'a piece length of 0',
      torrent({ ...FILE, 'piece length': 0 }),
      'not-a-torrent',
      'info.piece length',
    ],
    [
      'a negative piece length',
      torrent({ ...FILE, 'piece length': -1 }),
      'not-a-torrent',
      'info.piece length',
    ],
    [
      'a piece length above 1 GiB',
      torrent({ ...FILE, 'piece length': 2 ** 30 + 1 }),
      'not-a-torrent',
      'info.piece length',
    ],
    [
      'neither length nor files',
      torrent({ ...FILE, length: undefined }),
      'not-a-torrent',
      'info.length',
    ],
    ['a negative length', torrent({ ...FILE, length: -1 }), 'not-a-torrent', 'info.length'],
    ['a length that is text', torrent({ ...FILE, length: '100' }), 'not-a-torrent', 'info.length'],
    [
      'a file of no bytes',
      torrent({ ...FILE, length: 0, pieces: '' }),
      'not-a-torrent',
      'info.files',
    ],
    ['both length and files', torrent({ ...FOLDER, length: 100 }), 'not-a-torrent', 'info.length'],
    ['no files in files', withFiles(), 'not-a-torrent', 'info.files'],
    [
      'files that are a dictionary',
      torrent({ ...FOLDER, files: {} }),
      'not-a-torrent',
      'info.files',
    ],
    [
      'files of no bytes',
      torrent({ ...FOLDER, files: [{ length: 0, path: ['a'] }], pieces: '' }),
      'not-a-torrent',
      'info.files',
    ],
    ['a file that is no dictionary', withFiles('a'), 'not-a-torrent', 'info.files[0].length'],
    [
      'a file without a length',
      withFiles({ length: 1, path: ['a'] }, { path: ['b'] }),
      'not-a-torrent',
      'info.files[1].length',
    ],
    [
      'a file of negative length',
      withFiles({ length: -1, path: ['a'] }),
      'not-a-torrent',
      'info.files[0].length',
    ],
    [
      'files of 2^53 bytes together',
      withFiles({ length: Number.MAX_SAFE_INTEGER, path: ['a'] }, { length: 1, path: ['b'] }),
      'not-a-torrent',
      'info.files[1].length',
    ],
    ['a file without a path', withFiles({ length: 100 }), 'not-a-torrent', 'info.files[0].path'],
    [
      'a path that is text',
      withFiles({ length: 100, path: 'a' }),
      'not-a-torrent',
      'info.files[0].path',
    ],
    ['an empty path', withPath(), 'not-a-torrent', 'info.files[0].path'],
    ['a path with an integer', withPath('a', 1), 'not-a-torrent', 'info.files[0].path'],
    ['a path that is no UTF-8', withPath(Uint8Array.of(0xff)), 'unsafe-path', 'info.files[0].path'],
    ['a path through ..', withPath('a', '..', '..', 'b'), 'unsafe-path', 'info.files[0].path'],
    ['a path that ends in ..', withPath('a', '..'), 'unsafe-path', 'info.files[0].path'],
    ['a path with an empty name', withPath('', 'etc'), 'unsafe-path', 'info.files[0].path'],
    ['a path with a slash', withPath('a/../../b'), 'unsafe-path', 'info.files[0].path'],
    ['an absolute path', withPath('/etc/passwd'), 'unsafe-path', 'info.files[0].path'],
    ['a path with a NUL', withPath('a', 'b\0.txt'), 'unsafe-path', 'info.files[0].path'],
    ['a path with a backslash', withPath('a', 'b\\c'), 'unsafe-path', 'info.files[0].path'],
    ['a path on a Windows drive', withPath('C:', 'a'), 'unsafe-path', 'info.files[0].path'],
    ['a path to a Windows drive', withPath('a', 'c:b'), 'unsafe-path', 'info.files[0].path'],
    ['a path through .. on Windows', withPath('..\\..\\b'), 'unsafe-path', 'info.files[0].path'],
    [
      'a path with a name of 256 bytes',
      withPath('a'.repeat(256)),
      'unsafe-path',
      'info.files[0].path',
    ],
    ['a path of 101 names', withPath(...tooManyNames), 'unsafe-path', 'info.files[0].path'],
    [
      'one path twice',
      withFiles({ length: 100, path: ['a', 'b'] }, { length: 0, path: ['a', 'b'] }),
      'unsafe-path',
      'info.files[1].path',
    ],
    [
      'a file where a later one needs a folder',
      withFiles({ length: 100, path: ['a'] }, { length: 0, path: ['a', 'b'] }),
      'unsafe-path',
      'info.files[1].path',
    ],
    [
      'a file where an earlier one needs a folder',
      withFiles({ length: 100, path: ['a', 'b', 'c'] }, { length: 0, path: ['a', 'b'] }),
      'unsafe-path',
      'info.files[0].path',
    ],
    [
      'one path twice, with others between',
      withFiles(
        { length: 100, path: ['b', 'c'] },
        { length: 0, path: ['c'] },
        { length: 0, path: ['a'] },
        { length: 0, path: ['b', 'c'] },
        { length: 0, path: ['b', 'a'] },
      ),
      'unsafe-path',
      'info.files[3].path',
    ],
    [
      'a file and a folder, with names between that a joined path would sort there',
      withFiles(
        { length: 100, path: ['a', 'b', 'c'] },
        { length: 0, path: ['a!'] },
        { length: 0, path: ['a-', 'b'] },
        { length: 0, path: ['a'] },
      ),
      'unsafe-path',
      'info.files[0].path',
    ],
    [
      'the first collision in the order of components, not of the list',
      withFiles(
        { length: 100, path: ['z'] },
        { length: 0, path: ['z'] },
        { length: 0, path: ['b'] },
        { length: 0, path: ['b', 'c'] },
      ),
      'unsafe-path',
      'info.files[3].path',
    ],
    ['no pieces', torrent({ ...FILE, pieces: undefined }), 'not-a-torrent', 'info.pieces'],
    [
      'pieces that are a list',
      torrent({ ...FILE, pieces: [HASH] }),
      'not-a-torrent',
      'info.pieces',
    ],
    ['a hash too few', torrent({ ...FILE, length: 16_385 }), 'not-a-torrent', 'info.pieces'],
    [
      'a hash too many',
      torrent({ ...FILE, pieces: concatBytes([HASH, HASH]) }),
      'not-a-torrent',
      'info.pieces',
    ],
    [
      'a hash that is cut off',
      torrent({ ...FILE, pieces: HASH.subarray(1) }),
      'not-a-torrent',
      'info.pieces',
    ],
    [
      'an announce that is a list',
      torrent(FILE, { announce: ['http://a'] }),
      'not-a-torrent',
      'announce',
    ],
    [
      'an announce that is an empty list',
      torrent(FILE, { announce: [] }),
      'not-a-torrent',
      'announce',
    ],
    ['an announce that is an integer', torrent(FILE, { announce: 7 }), 'not-a-torrent', 'announce'],
    [
      'an announce that is no URL though there is a list',
      torrent(FILE, { announce: 'x', 'announce-list': [['http://a']] }),
      'not-a-torrent',
      'announce',
    ],
    [
      'an announce that is no UTF-8',
      torrent(FILE, { announce: Uint8Array.of(0xff) }),
      'not-a-torrent',
      'announce',
    ],
    [
      'an announce of 2,049 characters',
      torrent(FILE, { announce: trackerUrl(2049) }),
      'not-a-torrent',
      'announce',
    ],
    [
      'an announce-list that is text',
      torrent(FILE, { 'announce-list': 'http://a' }),
      'not-a-torrent',
      'announce-list',
    ],
    [
      'a tier that is text',
      torrent(FILE, { 'announce-list': [['http://a'], 'http://b'] }),
      'not-a-torrent',
      'announce-list[1]',
    ],
    [
      'a tracker that is an integer',
      torrent(FILE, { 'announce-list': [[1]] }),
      'not-a-torrent',
      'announce-list[0]',
    ],
    [
      'a tracker of 2,049 characters',
      torrent(FILE, { 'announce-list': [[trackerUrl(2049)]] }),
      'not-a-torrent',
      'announce-list[0]',
    ],
    [
      '101 trackers',
      torrent(FILE, { 'announce-list': Array.from({ length: 101 }, () => ['http://a']) }),
      'not-a-torrent',
      'announce-list[100]',
    ],
    [
      '101 trackers in one tier',
      torrent(FILE, { 'announce-list': [[], Array.from({ length: 101 }, () => 'http://a')] }),
      'not-a-torrent',
      'announce-list[1]',
    ],
    [
      'a tracker behind an empty tier that is no URL',
      torrent(FILE, { 'announce-list': [[], ['http://a', 'x']] }),
      'not-a-torrent',
      'announce-list[1]',
    ],
    [
      'a web seed that is an integer',
      torrent(FILE, { 'url-list': [1] }),
      'not-a-torrent',
      'url-list',
    ],
    [
      'a url-list that is a dictionary',
      torrent(FILE, { 'url-list': {} }),
      'not-a-torrent',
      'url-list',
    ],
    [
      'a web seed of 2,049 characters',
      torrent(FILE, { 'url-list': [trackerUrl(2049)] }),
      'not-a-torrent',
      'url-list',
    ],
    [
      '101 web seeds',
      torrent(FILE, { 'url-list': Array.from({ length: 101 }, () => 'http://a/') }),
      'not-a-torrent',
      'url-list',
    ],
  ])('%s', (_name, bytes, code, at) => {
    expect(refusalOf(parseMetainfo(bytes))).toEqual({ code, at });
  });

  test.each<[name: string, bytes: Uint8Array]>([
    ['a name of 255 bytes', torrent({ ...FILE, name: 'a'.repeat(255) })],
    ['a path of 100 names', withPath(...tooManyNames.slice(1))],
    ['a piece length of 1 GiB', torrent({ ...FILE, 'piece length': 2 ** 30 })],
    ['a piece length of 1 byte', torrent({ ...FILE, length: 1, 'piece length': 1 })],
    ['as many bytes as its pieces hold', torrent({ ...FILE, length: 16_384 })],
    ['an announce of 2,048 characters', torrent(FILE, { announce: trackerUrl(2048) })],
    [
      '100 trackers',
      torrent(FILE, { 'announce-list': [Array.from({ length: 100 }, () => 'http://a')] }),
    ],
    [
      '100 trackers among empty ones',
      torrent(FILE, { 'announce-list': [Array.from({ length: 100 }, () => 'http://a'), ['', '']] }),
    ],
    ['a web seed of 2,048 characters', torrent(FILE, { 'url-list': trackerUrl(2048) })],
    [
      '100 web seeds among empty ones',
      torrent(FILE, { 'url-list': ['', ...Array.from({ length: 100 }, () => 'http://a/'), ''] }),
    ],
    [
      '100 web seeds',
      torrent(FILE, { 'url-list': Array.from({ length: 100 }, () => 'http://a/') }),
    ],
    [
      'one name in two folders',
      withFiles({ length: 100, path: ['a', 'x'] }, { length: 0, path: ['b', 'x'] }),
    ],
    [
      'two files of one folder',
      withFiles({ length: 100, path: ['a', 'x'] }, { length: 0, path: ['a', 'y'] }),
    ],
    [
      'a name that another starts with',
      withFiles({ length: 100, path: ['a'] }, { length: 0, path: ['ab'] }),
    ],
  ])('but takes %s', (_name, bytes) => {
    expect(refusalOf(parseMetainfo(bytes))).toEqual({ code: 'accepted', at: undefined });
  });

  test('more than 16,000,000 bytes, but takes as many', () => {
    const overhead = padded(15_000_000).length - 15_000_000;
    expect(refusalOf(parseMetainfo(padded(16_000_000 - overhead))).code).toBe('accepted');
    expect(refusalOf(parseMetainfo(padded(16_000_001 - overhead))).code).toBe('too-large');
  });

  const notTrackers = [
    'a',
    'a.example.org',
    '//a',
    'http:/a',
    'http://',
    'ftp://a/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:,a',
    'httpss://a',
    'xhttp://a',
    ' http://a',
    'udp:a',
    'magnet:?xt=a',
  ];
  test.each(notTrackers)('a tracker of %j', (text) => {
    const refusal = { code: 'not-a-torrent' };
    expect(refusalOf(parseMetainfo(torrent(FILE, { announce: text })))).toEqual({
      ...refusal,
      at: 'announce',
    });
    expect(refusalOf(parseMetainfo(torrent(FILE, { 'announce-list': [[text]] })))).toEqual({
      ...refusal,
      at: 'announce-list[0]',
    });
  });

  test.each([
    'a/',
    '//a/',
    'http://',
    'ftp://',
    'ws://a/',
    'wss://a/',
    'udp://a:1',
    'sftp://a/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    ' http://a/',
  ])('a web seed of %j', (text) => {
    const refusal = { code: 'not-a-torrent', at: 'url-list' };
    expect(refusalOf(parseMetainfo(torrent(FILE, { 'url-list': text })))).toEqual(refusal);
    expect(refusalOf(parseMetainfo(torrent(FILE, { 'url-list': ['', text] })))).toEqual(refusal);
  });

  test('more than 50,000 files, but takes as many', { timeout: 60_000 }, () => {
    expect(MAX_FILES).toBe(50_000);
    expect(refusalOf(parseMetainfo(withFileCount(50_000))).code).toBe('accepted');
    expect(refusalOf(parseMetainfo(withFileCount(50_001)))).toEqual({
      code: 'not-a-torrent',
      at: 'info.files',
    });
  });

  test('more than 400,000 values, but takes as many', { timeout: 60_000 }, () => {
    expect(refusalOf(parseMetainfo(withValues(400_000 - VALUES_BESIDES))).code).toBe('accepted');
    expect(refusalOf(parseMetainfo(withValues(400_001 - VALUES_BESIDES))).code).toBe(
      'too-many-values',
    );
  });

  test('any paths of which one is another or its folder, and no others', () => {
    const path = fc.array(fc.constantFrom('a', 'a!', 'b', '-'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 6 }), (paths) => {
        const bytes = withFiles(...paths.map((names) => ({ length: 100, path: names })));
        const collides = paths.some((one, index) =>
          paths.some(
            (other, at) => at !== index && `${other.join('/')}/`.startsWith(`${one.join('/')}/`),
          ),
        );
        expect(refusalOf(parseMetainfo(bytes)).code).toBe(collides ? 'unsafe-path' : 'accepted');
      }),
      { numRuns: 500 },
    );
  });

  test('any change of one byte without a throw', () => {
    const bytes = torrent(FOLDER, { announce: 'http://a', 'announce-list': [['http://a']] });
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }), (position, byte) => {
        expect(() => parseMetainfo(bytes.with(position, byte))).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseMetainfo() keeps the raw info', () => {
  test('the same bytes whatever stands around it', () => {
    const info = encodeBencode({ ...FILE, source: 'kept' });
    const outers = [
      { trackers: [], webSeeds: [] },
      { trackers: [['http://a']], webSeeds: [], comment: 'one' },
      { trackers: [['http://b'], ['wss://c']], webSeeds: ['http://d/'], comment: 'two' },
    ];
    for (const outer of outers) {
      expect(accepted(parseMetainfo(encodeMetainfo(info, outer))).infoBytes).toEqual(info);
    }
  });
});

describe('parseInfoBytes()', () => {
  test('reads what parseMetainfo() calls infoBytes', () => {
    const metainfo = accepted(parseMetainfo(torrent(FOLDER)));
    expect(accepted(parseInfoBytes(metainfo.infoBytes))).toEqual(metainfo.info);
  });

  test.each<[name: string, bytes: Uint8Array, code: string, at: string]>([
    ['a list', encodeBencode([]), 'not-a-torrent', 'info'],
    ['a cut-off dictionary', encodeLatin1('d'), 'unexpected-end', 'byte 1'],
    ['a whole .torrent', torrent(FILE), 'not-a-torrent', 'info.name'],
  ])('refuses %s', (_name, bytes, code, at) => {
    expect(refusalOf(parseInfoBytes(bytes))).toEqual({ code, at });
  });
});

describe('encodeMetainfo()', () => {
  const info = encodeLatin1('de');

  test.each([
    ['nothing around the info', { trackers: [], webSeeds: [] }, 'd4:infodee'],
    [
      'announce is the first tracker of the first tier',
      { trackers: [['x', 'y'], ['z']], webSeeds: [] },
      'd8:announce1:x13:announce-listll1:x1:yel1:zee4:infodee',
    ],
    [
      'a comment and web seeds',
      { trackers: [], webSeeds: ['u'], comment: 'c' },
      'd7:comment1:c4:infode8:url-listl1:uee',
    ],
  ])('%s', (_name, outer, text) => {
    expect(encodeMetainfo(info, outer)).toEqual(encodeLatin1(text));
  });
});

describe('encodeInfo()', () => {
  test('a single file as BEP 3 has it', () => {
    const bytes = encodeInfo({
      format: 'v1',
      name: 'a',
      extentBytes: 3,
      source: undefined,
      isFolder: false,
      files: [{ path: [], lengthBytes: 3, offsetBytes: 0 }],
      pieceLengthBytes: 16_384,
      pieceHashes: encodeLatin1('H'.repeat(20)),
      isPrivate: false,
    });
    expect(bytes).toEqual(
      encodeLatin1(`d6:lengthi3e4:name1:a12:piece lengthi16384e6:pieces20:${'H'.repeat(20)}e`),
    );
  });

  test('a private folder of one file as BEP 3 and 27 have it', () => {
    const bytes = encodeInfo({
      format: 'v1',
      name: 'a',
      extentBytes: 3,
      source: undefined,
      isFolder: true,
      files: [{ path: ['b', 'c'], lengthBytes: 3, offsetBytes: 0 }],
      pieceLengthBytes: 16_384,
      pieceHashes: encodeLatin1('H'.repeat(20)),
      isPrivate: true,
    });
    expect(bytes).toEqual(
      encodeLatin1(
        `d5:filesld6:lengthi3e4:pathl1:b1:ceee4:name1:a12:piece lengthi16384e6:pieces20:${'H'.repeat(20)}7:privatei1ee`,
      ),
    );
  });
});

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !/[/\\\0]|^\.{1,2}$|^[a-z]?:/i.test(text));
const lengthBytes = fc.oneof(fc.constant(0), fc.nat({ max: 100_000 }));

/** Names are one to a level of the tree, so that no file is where another needs a folder. */
const folderFiles = fc
  .uniqueArray(fc.tuple(fc.array(name, { maxLength: 3 }), name), {
    minLength: 1,
    maxLength: 8,
    selector: ([folders, file]) => [...folders, file].join('/'),
  })
  .map((paths) =>
    paths.map(([folders, file]) => [...folders.map((part) => `d${part}`), `f${file}`]),
  );

const anyInfo: fc.Arbitrary<TorrentInfo> = fc
  .record({
    name,
    paths: fc.option(folderFiles),
    lengths: fc.array(lengthBytes, { minLength: 8, maxLength: 8 }),
    extraBytes: fc.integer({ min: 1, max: 1000 }),
    pieceLengthBytes: fc.constantFrom(16_384, 32_768, 65_536),
    isPrivate: fc.boolean(),
  })
  .map(({ name: torrentName, paths, lengths, extraBytes, pieceLengthBytes, isPrivate }) => {
    let sizeBytes = 0;
    const files: TorrentFile[] = (paths ?? [[]]).map((path, index) => {
      const file = {
        path,
        lengthBytes: (lengths[index] ?? 0) + (index === 0 ? extraBytes : 0),
        offsetBytes: sizeBytes,
      };
      sizeBytes += file.lengthBytes;
      return file;
    });
    const pieceCount = Math.ceil(sizeBytes / pieceLengthBytes);
    return {
      format: 'v1',
      extentBytes: sizeBytes,
      source: undefined,
      name: torrentName,
      isFolder: paths !== null,
      files,
      sizeBytes,
      pieceLengthBytes,
      pieceHashes: Uint8Array.from({ length: pieceCount * 20 }, (_, index) => index % 251),
      isPrivate,
    };
  });

const url = fc.webUrl();
const anyOuter = fc.record({
  trackers: fc.array(fc.array(url, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
  webSeeds: fc.array(url, { maxLength: 3 }),
  comment: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
});

describe('encodeInfo(), encodeMetainfo() and parseMetainfo()', () => {
  test('any torrent comes back as it was', () => {
    fc.assert(
      fc.property(anyInfo, anyOuter, (info, outer) => {
        const infoBytes = encodeInfo(info);
        const metainfo = accepted(parseMetainfo(encodeMetainfo(infoBytes, outer)));
        expect(metainfo).toEqual({ info, infoBytes, ...outer });
      }),
      { numRuns: 200 },
    );
  });
});
