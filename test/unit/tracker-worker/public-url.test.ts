import { describe, expect, test } from 'vitest';
import { isPublicUrl } from '../../../tracker-worker/webseed/public-url.ts';

describe('isPublicUrl()', () => {
  test.each([
    'https://seed.example.org',
    'http://seed.example.org:8080/below',
    'https://1.2.3.4.example.org',
    'https://xn--bcher-kva.example',
    'https://local.example.org',
  ])('%s is', (url) => {
    expect(isPublicUrl(url)).toBe(true);
  });

  test.each([
    'http://127.0.0.1:8080',
    'http://203.0.113.9',
    'http://2130706433',
    'http://0x7f.1',
    'http://[::1]:8080',
    'http://[2001:db8::1]',
    'http://localhost:8080',
    'http://localhost.',
    'http://seed.localhost',
    'http://nas',
    'http://nas.local',
    'http://nas.home.arpa',
    'http://db.internal',
    'not a URL',
  ])('%s is not', (url) => {
    expect(isPublicUrl(url)).toBe(false);
  });
});
