import { expect, test } from 'vitest';
import { checkPublisherToken } from '../../../tracker-worker/publisher-token.ts';

test.each([
  ['Bearer s3cret', 's3cret', 'right'],
  ['bearer  s3cret ', 's3cret', 'right'],
  ['Bearer s3creT', 's3cret', 'wrong'],
  ['Bearer s3cre', 's3cret', 'wrong'],
  ['Bearer s3cret x', 's3cret', 'wrong'],
  ['Bearer', 's3cret', 'wrong'],
  ['s3cret', 's3cret', 'wrong'],
  [undefined, 's3cret', 'missing'],
  ['Bearer undefined', undefined, 'not-configured'],
  [undefined, undefined, 'not-configured'],
])('checkPublisherToken() of %j against %j is %s', async (authorization, secret, check) => {
  expect(await checkPublisherToken(authorization, secret)).toBe(check);
});
