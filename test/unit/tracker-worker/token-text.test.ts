import { expect, test } from 'vitest';
import { equalSecrets } from '../../../tracker-worker/accounts/equal-secrets.ts';
import {
  createTokenText,
  isTokenText,
  parseBearer,
} from '../../../tracker-worker/accounts/token-text.ts';

test.each([
  ['Bearer s3cret', 's3cret'],
  ['bearer  s3cret ', 's3cret'],
  ['Bearer s3cret x', undefined],
  ['Bearer', undefined],
  ['Bearer ', undefined],
  ['s3cret', undefined],
  ['Basic s3cret', undefined],
])('parseBearer() of %j is %j', (authorization, text) => {
  expect(parseBearer(authorization)).toBe(text);
});

test.each([
  ['s3cret', 's3cret', true],
  ['s3cret', 's3creT', false],
  ['s3cret', 's3cre', false],
  ['s3cret', '', false],
  ['', '', true],
])('equalSecrets() of %j and %j is %j', async (a, b, isEqual) => {
  expect(await equalSecrets(a, b)).toBe(isEqual);
});

test('createTokenText() makes texts of 256 bits, each another', () => {
  const texts = Array.from({ length: 100 }, createTokenText);
  expect(new Set(texts).size).toBe(100);
  for (const text of texts) expect(text).toMatch(/^evt_[A-Za-z0-9_-]{43}$/);
});

test.each([
  [`evt_${'a'.repeat(43)}`, true],
  [`evt_${'a'.repeat(42)}`, false],
  [`evt_${'a'.repeat(44)}`, false],
  [`EVT_${'a'.repeat(43)}`, false],
  [`evt_${'a'.repeat(42)}=`, false],
])('isTokenText() of %j is %j', (text, isOne) => {
  expect(isTokenText(text)).toBe(isOne);
});
