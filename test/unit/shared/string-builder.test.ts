import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { StringBuilder } from '../../../shared/string-builder.ts';

test('StringBuilder.take() gives what was pushed since the last time', () => {
  const builder = new StringBuilder();
  fc.assert(
    fc.property(fc.array(fc.uint16Array({ maxLength: 200 })), (texts) => {
      for (const units of texts) {
        for (const unit of units) builder.push(unit);
        expect(builder.length).toBe(units.length);
        expect(builder.take()).toBe(String.fromCharCode(...units));
        expect(builder.take()).toBe('');
      }
    }),
  );
});

test.each([
  [0, '\0\0'],
  [1, '\0\u0001'],
  [-1, '\uffff\uffff'],
  [0xffff_ffff, '\uffff\uffff'],
  [0x1234_5678, '\u1234\u5678'],
])('StringBuilder.pushWord(%i) appends both halves', (word, text) => {
  const builder = new StringBuilder();
  builder.pushWord(word);
  expect(builder.take()).toBe(text);
});

test('StringBuilder.take() gives a string of 20,000 units', () => {
  const builder = new StringBuilder();
  for (let n = 0; n < 20_000; n += 1) builder.push(n & 0xffff);
  expect(builder.take()).toHaveLength(20_000);
});
