import { describe, expect, test } from 'vitest';
import { type Config, parseConfig, requireConfig } from '../../../tracker-worker/config.ts';

const vars = {
  TRACKER_MODE: 'published',
  SWARM_SHARDS: '4',
  ANNOUNCE_INTERVAL_SECONDS: '1800',
  WEBSOCKET_INTERVAL_SECONDS: '120',
  DEFAULT_PEERS_PER_REPLY: '50',
  MAX_PEERS_PER_REPLY: '200',
  MAX_PEERS_PER_SWARM: '100000',
  MAX_PEERS_PER_ADDRESS: '64',
  MAX_SWARMS_PER_SHARD: '50000',
  MAX_REQUESTS_PER_MINUTE_PER_ADDRESS: '600',
  MAX_ANNOUNCES_PER_CALL: '255',
  MAX_TRACKED_ADDRESSES: '50001',
  MAX_SOCKETS_PER_ADDRESS: '65',
  MAX_SOCKETS_PER_SHARD: '20000',
  MAX_SOCKET_MESSAGE_BYTES: '65536',
  MAX_SOCKET_MESSAGES_PER_SECOND: '49',
  MAX_TORRENTS_PER_SOCKET: '400',
  MAX_OFFERS_PER_ANNOUNCE: '10',
  MAX_SDP_BYTES: '16384',
  MAX_SCRAPE_INFO_HASHES: '63',
  FULL_SCRAPE: 'off',
  WEBSEED_PROXY: 'off',
  MAX_FULL_SCRAPE_SWARMS: '10000',
  LOG_SAMPLE_RATE: '0',
};

const config: Config = {
  trackerMode: 'published',
  shardCount: 4,
  announceIntervalSeconds: 1800,
  webSocketIntervalSeconds: 120,
  defaultPeersPerReply: 50,
  maxPeersPerReply: 200,
  maxPeersPerSwarm: 100_000,
  maxPeersPerAddress: 64,
  maxSwarmsPerShard: 50_000,
  maxRequestsPerMinutePerAddress: 600,
  maxAnnouncesPerCall: 255,
  maxTrackedAddresses: 50_001,
  maxSocketsPerAddress: 65,
  maxSocketsPerShard: 20_000,
  maxSocketMessageBytes: 65_536,
  maxSocketMessagesPerSecond: 49,
  maxTorrentsPerSocket: 400,
  maxOffersPerAnnounce: 10,
  maxSdpBytes: 16_384,
  maxScrapeInfoHashes: 63,
  fullScrape: false,
  webSeedProxy: false,
  maxFullScrapeSwarms: 10_000,
  logSampleRate: 0,
  publisherToken: undefined,
};

/** Each number's variable, its least value and its greatest. */
const RANGES: [name: keyof typeof vars, min: number, max: number][] = [
  ['SWARM_SHARDS', 1, 256],
  ['ANNOUNCE_INTERVAL_SECONDS', 1, 10_800],
  ['WEBSOCKET_INTERVAL_SECONDS', 1, 10_800],
  ['DEFAULT_PEERS_PER_REPLY', 0, 1000],
  ['MAX_PEERS_PER_REPLY', 1, 1000],
  ['MAX_PEERS_PER_SWARM', 1, 1_000_000],
  ['MAX_PEERS_PER_ADDRESS', 1, 1000],
  ['MAX_SWARMS_PER_SHARD', 1, 1_000_000],
  ['MAX_REQUESTS_PER_MINUTE_PER_ADDRESS', 1, 1_000_000],
  ['MAX_ANNOUNCES_PER_CALL', 1, 256],
  ['MAX_TRACKED_ADDRESSES', 2, 1_000_000],
  ['MAX_SOCKETS_PER_ADDRESS', 1, 32_768],
  ['MAX_SOCKETS_PER_SHARD', 1, 32_768],
  ['MAX_SOCKET_MESSAGE_BYTES', 1024, 1_000_000],
  ['MAX_SOCKET_MESSAGES_PER_SECOND', 1, 10_000],
  ['MAX_TORRENTS_PER_SOCKET', 1, 400],
  ['MAX_OFFERS_PER_ANNOUNCE', 0, 100],
  ['MAX_SDP_BYTES', 256, 65_536],
  ['MAX_SCRAPE_INFO_HASHES', 1, 64],
  ['MAX_FULL_SCRAPE_SWARMS', 1, 50_000],
];

describe('parseConfig()', () => {
  test('takes the values of wrangler.toml, as text or as numbers', () => {
    const asNumbers = RANGES.map(([name]) => [name, Number(vars[name])] as const);
    expect(parseConfig(vars)).toEqual({ ok: true, value: config });
    expect(parseConfig({ ...vars, ...Object.fromEntries(asNumbers), LOG_SAMPLE_RATE: 0 })).toEqual({
      ok: true,
      value: config,
    });
  });

  test.each(RANGES)('takes %s from %i to %i', (name, min, max) => {
    for (const value of [min, max]) {
      expect(parseConfig({ ...vars, [name]: String(value) })).toMatchObject({ ok: true });
    }
    for (const value of [min - 1, max + 1, '', 'x', undefined]) {
      expect(parseConfig({ ...vars, [name]: value })).toMatchObject({
        refusal: { code: 'bad-config', at: name },
      });
    }
  });

  test.each([
    ['TRACKER_MODE', 'public'],
    ['TRACKER_MODE', undefined],
    ['SWARM_SHARDS', '3'],
    ['SWARM_SHARDS', '4.0'],
    ['ANNOUNCE_INTERVAL_SECONDS', 1.5],
    ['FULL_SCRAPE', 'yes'],
    ['FULL_SCRAPE', undefined],
    ['WEBSEED_PROXY', 'yes'],
    ['WEBSEED_PROXY', undefined],
    ['LOG_SAMPLE_RATE', undefined],
    ['LOG_SAMPLE_RATE', ''],
    ['LOG_SAMPLE_RATE', '1.01'],
    ['LOG_SAMPLE_RATE', '-0.5'],
    ['LOG_SAMPLE_RATE', -0.5],
    ['LOG_SAMPLE_RATE', '1e-3'],
    ['LOG_SAMPLE_RATE', Number.NaN],
    ['PUBLISHER_TOKEN', 7],
  ])('refuses %s = %j by name', (name, value) => {
    expect(parseConfig({ ...vars, [name]: value })).toMatchObject({
      refusal: { code: 'bad-config', at: name },
    });
    expect(() => requireConfig({ ...vars, [name]: value })).toThrow(`${name} is wrong: it must be`);
  });

  test.each([
    ['TRACKER_MODE', 'open', { trackerMode: 'open' }],
    ['FULL_SCRAPE', 'on', { fullScrape: true }],
    ['WEBSEED_PROXY', 'on', { webSeedProxy: true }],
    ['LOG_SAMPLE_RATE', '1', { logSampleRate: 1 }],
    ['LOG_SAMPLE_RATE', '0.001', { logSampleRate: 0.001 }],
    ['LOG_SAMPLE_RATE', 0.5, { logSampleRate: 0.5 }],
  ])('takes %s = %j', (name, value, expected) => {
    expect(parseConfig({ ...vars, [name]: value })).toMatchObject({ value: expected });
  });

  test.each([
    ['', undefined],
    ['s3cret', 's3cret'],
  ])('takes the secret %j for %j', (PUBLISHER_TOKEN, publisherToken) => {
    expect(parseConfig({ ...vars, PUBLISHER_TOKEN })).toMatchObject({ value: { publisherToken } });
  });
});
