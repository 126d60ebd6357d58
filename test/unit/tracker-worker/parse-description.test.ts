import { describe, expect, test } from 'vitest';
import { parseDescription } from '../../../tracker-worker/catalog/parse-description.ts';

describe('parseDescription()', () => {
  test('takes what is there, tidied up, and leaves out what is not', () => {
    expect(parseDescription({})).toEqual({ ok: true, value: {} });
    const value = {
      title: '  A title ',
      description: 'one\r\ntwo',
      webSeeds: ['https://a.example/x', 'https://a.example/x'],
      trackers: ['wss://t.example', 'udp://t.example:1/announce'],
    };
    expect(parseDescription(value)).toEqual({
      ok: true,
      value: {
        title: 'A title',
        description: 'one\ntwo',
        addedWebSeeds: ['https://a.example/x'],
        addedTrackers: ['wss://t.example', 'udp://t.example:1/announce'],
      },
    });
  });

  test.each(['', '   ', null])('takes %j for no title', (title) => {
    expect(parseDescription({ title })).toEqual({ ok: true, value: { title: null } });
  });

  test('takes texts and lists of the largest size', () => {
    const webSeeds = Array.from({ length: 20 }, (_, index) => `https://a.example/${index}`);
    const fields = { title: '😀'.repeat(200), description: 'x'.repeat(5000), webSeeds };
    expect(parseDescription(fields)).toMatchObject({ ok: true });
  });

  test.each([
    ['title', { title: 'x'.repeat(201) }],
    ['title', { title: 5 }],
    ['title', { title: '\ud800' }],
    ['description', { description: 'x'.repeat(5001) }],
    ['webSeeds', { webSeeds: 'https://a.example' }],
    ['webSeeds', { webSeeds: Array.from({ length: 21 }, (_, i) => `https://a.example/${i}`) }],
    ['webSeeds[1]', { webSeeds: ['https://a.example/x', 'javascript:alert(1)'] }],
    ['webSeeds[0]', { webSeeds: [`https://a.example/${'x'.repeat(2048)}`] }],
    ['webSeeds[0]', { webSeeds: ['https://'] }],
    ['trackers[0]', { trackers: ['file:///etc/passwd'] }],
  ])('refuses %s, by name: %j', (at, fields) => {
    expect(parseDescription(fields)).toMatchObject({
      ok: false,
      refusal: { code: 'bad-body', at },
    });
  });
});
