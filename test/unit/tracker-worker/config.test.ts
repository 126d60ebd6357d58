import { describe, expect, test } from 'vitest';
import { parseConfig, requireConfig } from '../../../tracker-worker/config.ts';

const vars = {
  TRACKER_MODE: 'published',
  SWARM_SHARDS: '4',
  ANNOUNCE_INTERVAL_SECONDS: '1800',
  DEFAULT_PEERS_PER_REPLY: '50',
  MAX_PEERS_PER_REPLY: '200',
  MAX_PEERS_PER_SWARM: '20000',
  MAX_PEERS_PER_ADDRESS: '64',
  MAX_SWARMS_PER_SHARD: '50000',
};

describe('parseConfig()', () => {
  test('takes the values of wrangler.toml, as text or as numbers', () => {
    const expected = {
      ok: true,
      value: { trackerMode: 'published', shardCount: 4, publisherToken: undefined },
    };
    expect(parseConfig(vars)).toMatchObject(expected);
    expect(parseConfig({ ...vars, SWARM_SHARDS: 4 })).toMatchObject(expected);
  });

  test.each([
    ['TRACKER_MODE', 'public'],
    ['TRACKER_MODE', undefined],
    ['SWARM_SHARDS', '3'],
    ['SWARM_SHARDS', '0'],
    ['SWARM_SHARDS', '512'],
    ['SWARM_SHARDS', '4.0'],
    ['ANNOUNCE_INTERVAL_SECONDS', '-1'],
    ['ANNOUNCE_INTERVAL_SECONDS', ''],
    ['ANNOUNCE_INTERVAL_SECONDS', 1.5],
    ['MAX_PEERS_PER_SWARM', '25001'],
    ['MAX_PEERS_PER_REPLY', undefined],
    ['PUBLISHER_TOKEN', 7],
  ])('refuses %s = %j by name', (name, value) => {
    expect(parseConfig({ ...vars, [name]: value })).toMatchObject({
      refusal: { code: 'bad-config', at: name },
    });
    expect(() => requireConfig({ ...vars, [name]: value })).toThrow(`${name} is wrong: it must be`);
  });

  test.each([
    ['', undefined],
    ['s3cret', 's3cret'],
  ])('takes the secret %j for %j', (PUBLISHER_TOKEN, publisherToken) => {
    expect(parseConfig({ ...vars, PUBLISHER_TOKEN })).toMatchObject({ value: { publisherToken } });
  });
});
