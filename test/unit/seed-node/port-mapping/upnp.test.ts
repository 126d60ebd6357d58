import { describe, expect, test } from 'vitest';
import { locationIn } from '../../../../seed-node/port-mapping/find-upnp-router.ts';
import { upnpServiceIn } from '../../../../seed-node/port-mapping/upnp-description.ts';

const ST = 'ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1';

function answer(location: string, st = ST, status = 'HTTP/1.1 200 OK'): string {
  return `${status}\r\nCACHE-CONTROL: max-age=60\r\n${st}\r\nLocation: ${location}\r\n\r\n`;
}

describe('locationIn()', () => {
  test('takes where a router of our network describes itself', () => {
    const url = 'http://192.168.1.1:49152/rootDesc.xml';
    expect(locationIn(answer(url), '192.168.1.1')?.href).toBe(url);
  });

  test.each([
    ['another machine', answer('http://192.168.1.9/x'), '192.168.1.1'],
    ['a name', answer('http://router.lan/x'), '192.168.1.1'],
    ['a machine of the internet', answer('http://203.0.114.1/x'), '203.0.114.1'],
    ['another protocol', answer('https://192.168.1.1/x'), '192.168.1.1'],
    ['no URL', answer('/x'), '192.168.1.1'],
    ['a device that is no router', answer('http://192.168.1.1/x', 'ST: upnp:light'), '192.168.1.1'],
    ['a search', answer('http://192.168.1.1/x', ST, 'M-SEARCH * HTTP/1.1'), '192.168.1.1'],
    ['an answer without one', `HTTP/1.1 200 OK\r\n${ST}\r\n\r\n`, '192.168.1.1'],
    ['nothing', '', '192.168.1.1'],
  ])('refuses %s', (_case, text, sender) => {
    expect(locationIn(text, sender)).toBeUndefined();
  });
});

const LOCATION = new URL('http://192.168.1.1:49152/rootDesc.xml');

function described(...services: readonly (readonly [type: string, url: string])[]): string {
  const texts = services.map(
    ([type, url]) =>
      `<service> <serviceType>urn:schemas-upnp-org:service:${type}</serviceType>\n<controlURL>${url}</controlURL></service>`,
  );
  return `<?xml version="1.0"?><root><serviceList>${texts.join('')}</serviceList></root>`;
}

describe('upnpServiceIn()', () => {
  test.each([
    [
      'the newest version',
      [
        ['WANIPConnection:1', '/a'],
        ['WANIPConnection:2', '/b'],
      ],
      '/b',
    ],
    [
      'among others',
      [
        ['Layer3Forwarding:1', '/a'],
        ['WANPPPConnection:1', '/b?c&amp;d'],
      ],
      '/b?c&d',
    ],
    ['a path beside the description', [['WANIPConnection:1', 'ctl']], '/ctl'],
    ['the whole URL', [['WANIPConnection:1', 'http://192.168.1.1:5000/a']], ':5000/a'],
  ] as const)('finds %s', (_case, services, end) => {
    const service = upnpServiceIn(described(...services), LOCATION);
    expect(service?.controlUrl.href.endsWith(end)).toBe(true);
    expect(service?.controlUrl.hostname).toBe('192.168.1.1');
  });

  test.each([
    ['no such service', described(['Layer3Forwarding:1', '/a'])],
    ['a URL on another machine', described(['WANIPConnection:1', 'http://192.168.1.2/a'])],
    ['a URL of another protocol', described(['WANIPConnection:1', 'file:///etc/passwd'])],
    ['nothing', ''],
  ])('finds none in %s', (_case, description) => {
    expect(upnpServiceIn(description, LOCATION)).toBeUndefined();
  });
});
