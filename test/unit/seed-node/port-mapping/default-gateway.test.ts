import { describe, expect, test } from 'vitest';
import { gatewayInRoutes } from '../../../../seed-node/port-mapping/default-gateway.ts';
import { ipAddress } from '../../shared/required.ts';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n';
const LOCAL = 'eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n';

describe('gatewayInRoutes()', () => {
  test('is that of the default route', () => {
    const route = 'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\n';
    expect(gatewayInRoutes(HEAD + LOCAL + route)).toEqual(ipAddress('192.168.1.1'));
  });

  test.each([
    ['no default route', HEAD + LOCAL],
    ['a default route without a gateway', `${HEAD}tun0\t00000000\t00000000\t0001\t0\n`],
    ['a line cut off', `${HEAD}eth0\t00000000\t0101\t0003\t0\n`],
    ['nothing', ''],
  ])('is none in %s', (_case, text) => {
    expect(gatewayInRoutes(text)).toBeUndefined();
  });
});
