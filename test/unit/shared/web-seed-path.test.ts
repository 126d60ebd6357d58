import { describe, expect, test } from 'vitest';
import { infoHashFromHex } from '../../../shared/info-hash.ts';
import { webSeedPath } from '../../../shared/web-seed-path.ts';
import { TorrentPaths } from '../../../seed-node/http/torrent-paths.ts';

const V1 = infoHashFromHex('ab'.repeat(20));

describe('webSeedPath()', () => {
  test.each([
    ['a file', 'one file.iso', [], 'one%20file.iso'],
    ['a folder', 'album', ['disc 2', 'a&b?.flac'], 'album/disc%202/a%26b%3F.flac'],
    ['an apostrophe, a percent sign, a hash', "it's 100%", ['#1'], 'it%27s%20100%25/%231'],
    ['other scripts', 'صور', ['منظر.jpg'], '%D8%B5%D9%88%D8%B1/%D9%85%D9%86%D8%B8%D8%B1.jpg'],
  ])('of %s is found by the web seed', (_case, name, path, expected) => {
    if (V1 === undefined) throw new Error('it is an info-hash');
    const target = webSeedPath({ v1: V1, v2: undefined }, name, path);
    expect(target).toBe(`/webseed/${V1}/${expected}`);
    const paths = new TorrentPaths({
      format: 'v1',
      name,
      isFolder: path.length > 0,
      files: [{ path, lengthBytes: 5, offsetBytes: 0 }],
      extentBytes: 5,
      sizeBytes: 5,
      pieceLengthBytes: 16_384,
      pieceHashes: new Uint8Array(20),
      isPrivate: false,
      source: undefined,
    });
    expect(paths.find(target.slice(`/webseed/${V1}/`.length))).toMatchObject({ lengthBytes: 5 });
  });
});
