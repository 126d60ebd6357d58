import { expect, test } from 'vitest';
import { formatSize } from '../../../tracker-worker/pages/format-size.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB'],
  [10_188, '9.9 KiB'],
  [10_240, '10 KiB'],
  [1_048_064, '1.0 MiB'],
  [5 * 1024 ** 3, '5.0 GiB'],
  [Number.MAX_SAFE_INTEGER, '8.0 PiB'],
])('formatSize() of %i is %s', (sizeBytes, text) => {
  expect(formatSize(sizeBytes)).toBe(text);
});
