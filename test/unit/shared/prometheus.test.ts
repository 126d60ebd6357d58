import { describe, expect, test } from 'vitest';
import { formatMetrics } from '../../../shared/prometheus.ts';

describe('formatMetrics()', () => {
  test('writes help, type and samples of each family', () => {
    const text = formatMetrics([
      { name: 'a_total', help: 'Things', type: 'counter', samples: [{ labels: {}, value: 5 }] },
      {
        name: 'b',
        help: 'Others',
        type: 'gauge',
        samples: [
          { labels: { shard: '0/2', role: 'seeder' }, value: 0 },
          { labels: { shard: '1/2', role: 'seeder' }, value: 1.5 },
        ],
      },
    ]);
    expect(text).toBe(
      '# HELP a_total Things\n# TYPE a_total counter\na_total 5\n' +
        '# HELP b Others\n# TYPE b gauge\n' +
        'b{shard="0/2",role="seeder"} 0\nb{shard="1/2",role="seeder"} 1.5\n',
    );
  });

  test('writes a family without samples, and nothing for none', () => {
    const family = { name: 'a', help: 'Things', type: 'gauge', samples: [] } as const;
    expect(formatMetrics([family])).toBe('# HELP a Things\n# TYPE a gauge\n');
    expect(formatMetrics([])).toBe('');
  });

  test.each([
    ['a backslash', 'a\\b', 'a\\\\b', 'a\\\\b'],
    ['the end of a line', 'a\nb', 'a\\nb', 'a\\nb'],
    ['a quotation mark', 'a"b', 'a"b', 'a\\"b'],
    ['a backslash and an n', 'a\\n', 'a\\\\n', 'a\\\\n'],
  ])('escapes %s in help and in labels', (_case, text, help, label) => {
    const samples = [{ labels: { l: text }, value: 1 }];
    expect(formatMetrics([{ name: 'x', help: text, type: 'gauge', samples }])).toBe(
      `# HELP x ${help}\n# TYPE x gauge\nx{l="${label}"} 1\n`,
    );
  });
});
