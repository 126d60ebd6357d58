import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { seedOptions } from '../../../seed-node/config.ts';

const TOKEN = 'abcdefghijklmnop';

/** What `seed` takes from `args`, or the message with which it refuses them. */
function parse(args: readonly string[]): Record<string, unknown> | string {
  let message = '';
  const command = new Command('seed')
    .exitOverride()
    .configureOutput({ writeErr: (text) => (message += text) });
  for (const option of seedOptions()) command.addOption(option);
  try {
    command.parse(args, { from: 'user' });
    return command.opts<Record<string, unknown>>();
  } catch (error) {
    if (error instanceof CommanderError) return message;
    throw error;
  }
}

const OPTIONS = [
  ['--edge-url', 'EVERTORRENT_EDGE_URL', 'edgeUrl'],
  ['--edge-host', 'EVERTORRENT_EDGE_HOST', 'edgeHost'],
  ['--edge-port', 'EVERTORRENT_EDGE_PORT', 'edgePort'],
  ['--publisher-token', 'EVERTORRENT_PUBLISHER_TOKEN', 'publisherToken'],
  ['--data-dir', 'EVERTORRENT_DATA_DIR', 'dataDir'],
  ['--peer-port', 'EVERTORRENT_PEER_PORT', 'peerPort'],
  ['--webrtc-port', 'EVERTORRENT_WEBRTC_PORT', 'webrtcPort'],
  ['--port-mapping', 'EVERTORRENT_PORT_MAPPING', 'portMapping'],
  ['--stun-urls', 'EVERTORRENT_STUN_URLS', 'stunUrls'],
  ['--http-host', 'EVERTORRENT_HTTP_HOST', 'httpHost'],
  ['--http-port', 'EVERTORRENT_HTTP_PORT', 'httpPort'],
  ['--public-host', 'EVERTORRENT_PUBLIC_HOST', 'publicHost'],
  ['--public-http-url', 'EVERTORRENT_PUBLIC_HTTP_URL', 'publicHttpUrl'],
  ['--upload-limit', 'EVERTORRENT_UPLOAD_LIMIT', 'uploadLimit'],
  ['--format', 'EVERTORRENT_FORMAT', 'format'],
  ['--tracker', 'EVERTORRENT_TRACKERS', 'tracker'],
  ['--log-level', 'EVERTORRENT_LOG_LEVEL', 'logLevel'],
] as const;

beforeEach(() => {
  for (const [, variable] of OPTIONS) vi.stubEnv(variable, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

type Flag = (typeof OPTIONS)[number][0];

const GOOD: Readonly<Record<Flag, readonly (readonly [text: string, value: unknown])[]>> = {
  '--edge-url': [
    ['https://edge.example.org', 'https://edge.example.org'],
    ['https://edge.example.org/', 'https://edge.example.org'],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
    ['http://[::1]:8787', 'http://[::1]:8787'],
    ['HTTPS://Edge.Example.org:443', 'https://edge.example.org'],
  ],
  '--edge-host': [
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['localhost', 'localhost'],
  ],
  '--edge-port': [
    ['0', 0],
    ['65535', 65_535],
  ],
  '--publisher-token': [
    [TOKEN, TOKEN],
    ['x'.repeat(256), 'x'.repeat(256)],
    ['AZaz09._~+/-1234==', 'AZaz09._~+/-1234=='],
  ],
  '--data-dir': [['/var/lib/ever torrent', '/var/lib/ever torrent']],
  '--peer-port': [['0', 0]],
  '--webrtc-port': [['6882', 6882]],
  '--port-mapping': [
    ['on', 'on'],
    ['off', 'off'],
  ],
  '--stun-urls': [
    ['stun:stun.example.org:3478', ['stun:stun.example.org:3478']],
    ['', []],
    ['stun:192.0.2.1, stun:[2001:db8::1]:3478', ['stun:192.0.2.1', 'stun:[2001:db8::1]:3478']],
  ],
  '--http-host': [['192.168.1.2', '192.168.1.2']],
  '--http-port': [['80', 80]],
  '--public-host': [
    ['seed.example.org', 'seed.example.org'],
    ['2001:db8::1', '2001:db8::1'],
    ['203.0.113.9', '203.0.113.9'],
  ],
  '--public-http-url': [
    ['https://seed.example.org', 'https://seed.example.org'],
    ['https://seed.example.org/', 'https://seed.example.org'],
    ['HTTP://Example.org:8080/seed//', 'http://example.org:8080/seed'],
  ],
  '--upload-limit': [
    ['10MB', 10_000_000],
    ['500KiB', 512_000],
  ],
  '--format': [
    ['v1', 'v1'],
    ['hybrid', 'hybrid'],
    ['v2', 'v2'],
  ],
  '--tracker': [
    ['https://tracker.example/announce', ['https://tracker.example/announce']],
    ['', []],
    ['http://a/x?y=z, ws://[::1]:8000,WSS://b', ['http://a/x?y=z', 'ws://[::1]:8000', 'WSS://b']],
    ['http://a,http://a', ['http://a']],
  ],
  '--log-level': [
    ['debug', 'debug'],
    ['silent', 'silent'],
  ],
};

const WRONG_HOSTS = ['', ' ', 'a b', 'http://a', 'a:80', '-a', 'a-', 'a/b', '[::1]', 'a_b'];
const WRONG_PORTS = [
  '',
  '-1',
  '65536',
  '99999',
  '123456',
  '80.5',
  '1e3',
  '0x50',
  ' 80',
  '80\n',
  'http',
];
const WRONG: Readonly<Record<Flag, readonly string[]>> = {
  '--edge-url': [
    '',
    'edge.example.org',
    'ftp://edge.example.org',
    'wss://edge.example.org',
    'https://edge.example.org/announce',
    'https://edge.example.org/?a=b',
    'https://edge.example.org/#a',
    'https://user@edge.example.org',
    'https://:secret@edge.example.org',
    'https://user:secret@edge.example.org',
    'https://',
    'http://a:99999',
  ],
  '--edge-host': WRONG_HOSTS,
  '--edge-port': WRONG_PORTS,
  '--publisher-token': [
    '',
    'x'.repeat(15),
    'x'.repeat(257),
    `${TOKEN} `,
    `${TOKEN}\n`,
    `${TOKEN}é`,
    `${TOKEN}"`,
    `=${TOKEN}`,
  ],
  '--data-dir': [''],
  '--peer-port': WRONG_PORTS,
  '--webrtc-port': WRONG_PORTS,
  '--port-mapping': ['', 'ON', 'yes', 'auto'],
  '--stun-urls': [
    'stun.example.org',
    'turn:stun.example.org',
    'stun:',
    'stun:a,',
    'stun:a b',
    Array.from({ length: 5 }, () => 'stun:a').join(','),
  ],
  '--http-host': WRONG_HOSTS,
  '--http-port': WRONG_PORTS,
  '--public-host': WRONG_HOSTS,
  '--public-http-url': [
    '',
    'seed.example.org',
    'ftp://seed.example.org',
    'https://seed.example.org/?x',
    'https://seed.example.org/#x',
    'https://user@seed.example.org',
  ],
  '--upload-limit': ['', '0', '10', '10Mbit', 'fast', '-1MB', '1e6'],
  '--format': ['', 'v3', 'V1', '1'],
  '--tracker': [
    'udp://tracker.example:6969',
    'tracker.example',
    'http://',
    'ftp://a',
    'http://a,',
    `http://${'a'.repeat(2042)}`,
    Array.from({ length: 21 }, (_, n) => `http://${n}`).join(','),
  ],
  '--log-level': ['', 'verbose', 'INFO', 'info '],
};

describe('seedOptions() defaults', () => {
  test('are those of the manual', () => {
    expect(parse([])).toEqual({
      edgeHost: '127.0.0.1',
      edgePort: 8787,
      dataDir: './data',
      contentDir: './content',
      maxUploadBytes: 100_000_000_000,
      peerPort: 6881,
      webrtcPort: 0,
      stunUrls: ['stun:stun.cloudflare.com:3478'],
      httpHost: '127.0.0.1',
      httpPort: 8080,
      format: 'v1',
      logLevel: 'info',
    });
  });
});

describe('seedOptions() --tracker', () => {
  test('adds up where it is repeated', () => {
    const args = ['--tracker', 'http://a', '--tracker', 'wss://b', '--tracker', 'http://a'];
    expect(parse(args)).toMatchObject({ tracker: ['http://a', 'wss://b'] });
  });
});

describe.each(OPTIONS)('seedOptions() %s', (flag, variable, key) => {
  test.each(GOOD[flag])('takes %j', (text, value) => {
    expect(parse([`${flag}=${text}`])).toMatchObject({ [key]: value });
  });

  test.each(GOOD[flag])(`takes ${variable}=%s`, (text, value) => {
    vi.stubEnv(variable, text);
    expect(parse([])).toMatchObject({ [key]: value });
  });

  test.each(WRONG[flag])('refuses %j by name', (text) => {
    const message = parse([`${flag}=${text}`]);
    expect(message).toContain(`option '${flag} <`);
    expect(message).toContain(`argument '${text}' is invalid`);
  });

  test.each(WRONG[flag])(`refuses ${variable}=%j by name`, (text) => {
    vi.stubEnv(variable, text);
    const message = parse([]);
    expect(message).toContain(`option '${flag} <`);
    expect(message).toContain(`value '${text}' from env '${variable}' is invalid`);
  });

  test('takes the flag before the variable', () => {
    const [text, value] = GOOD[flag][0] ?? ['', undefined];
    vi.stubEnv(variable, GOOD[flag].at(-1)?.[0] ?? text);
    expect(parse([`${flag}=${text}`])).toMatchObject({ [key]: value });
  });
});
