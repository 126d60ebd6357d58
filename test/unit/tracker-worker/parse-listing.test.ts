import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../../shared/text.ts';
import {
  MAX_LISTING_BODY_BYTES,
  MAX_REASON_CHARACTERS,
  parseListingBody,
} from '../../../tracker-worker/catalog/parse-listing.ts';

describe('parseListingBody()', () => {
  test('the longest reason, written as long as can be, fits into a body', () => {
    const reason = '\\ud83d\\ude00'.repeat(MAX_REASON_CHARACTERS);
    const body = encodeUtf8(`{"reason":"${reason}"}`);
    expect(body.length).toBeLessThanOrEqual(MAX_LISTING_BODY_BYTES);
    expect(parseListingBody(body)).toEqual({
      ok: true,
      value: '😀'.repeat(MAX_REASON_CHARACTERS),
    });
  });

  test.each([
    ['{"reason":5}', 'the reason is not a text'],
    ['[]', 'the body is neither empty nor a JSON object in UTF-8'],
    ['{"__proto__":"x"}', 'the body may have no other key than "reason"'],
  ])('%s is refused: %s', (body, reason) => {
    expect(parseListingBody(encodeUtf8(body))).toMatchObject({ ok: false, refusal: { reason } });
  });
});
