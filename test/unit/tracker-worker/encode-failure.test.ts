import { describe, expect, test } from 'vitest';
import { parseAnnounceReply } from '../../../shared/announce.ts';
import { encodeBencode } from '../../../shared/bencode.ts';
import { decodeLatin1 } from '../../../shared/text.ts';
import { encodeFailure } from '../../../tracker-worker/announce/encode-failure.ts';
import { accepted } from '../shared/required.ts';

describe('encodeFailure()', () => {
  test.each([
    ['never', 'never' as const, 'd14:failure reason1:x8:retry in5:nevere'],
    [
      '0 seconds: a minute',
      { seconds: 0 },
      'd14:failure reason1:x8:intervali0e12:min intervali0e8:retry in1:1e',
    ],
    [
      '60 seconds: a minute',
      { seconds: 60 },
      'd14:failure reason1:x8:intervali60e12:min intervali60e8:retry in1:1e',
    ],
    [
      '61 seconds: two minutes',
      { seconds: 61 },
      'd14:failure reason1:x8:intervali61e12:min intervali61e8:retry in1:2e',
    ],
  ])('retry in %s', (_name, retry, text) => {
    expect(decodeLatin1(encodeFailure('x', retry))).toBe(text);
  });

  test('writes what the encoding library writes', () => {
    expect(encodeFailure('grüße', { seconds: 1800 })).toEqual(
      encodeBencode({
        'failure reason': 'grüße',
        interval: 1800,
        'min interval': 1800,
        'retry in': '30',
      }),
    );
  });

  test.each([
    ['never', 'never' as const, Number.POSITIVE_INFINITY],
    ['an hour', { seconds: 3600 }, 3600],
    ['90 seconds, to the next minute', { seconds: 90 }, 120],
  ])('is read back by parseAnnounceReply(): %s', (_name, retry, retrySeconds) => {
    expect(accepted(parseAnnounceReply(encodeFailure('grüße', retry)))).toEqual({
      failureReason: 'grüße',
      retrySeconds,
    });
  });
});
