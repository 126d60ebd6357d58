import { describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../seed-node/log.ts';
import { findUpnpRouter } from '../../seed-node/port-mapping/find-upnp-router.ts';
import type { Gateway, OpenPort } from '../../seed-node/port-mapping/gateway.ts';
import { PortControlGateway } from '../../seed-node/port-mapping/port-control-gateway.ts';
import { PortMapper } from '../../seed-node/port-mapping/port-mapper.ts';
import { UpnpGateway } from '../../seed-node/port-mapping/upnp-gateway.ts';
import {
  startPortControlRouter,
  startUpnpRouter,
  type UpnpRouter,
} from '../support/fake-routers.ts';
import { waitUntil } from '../support/wait-until.ts';

const PORTS: readonly OpenPort[] = [
  { protocol: 'tcp', port: 6881 },
  { protocol: 'udp', port: 7000 },
];
const AS_ASKED = [
  ['tcp 6881', 6881],
  ['udp 7000', 7000],
];

/** A mapper whose time passes when the test says so. */
function startMapper(gateways: readonly Gateway[]): {
  mapper: PortMapper;
  mapped: [string, number][];
  logged: string[];
  passes: { readonly ms: number; readonly end: () => void }[];
} {
  const mapped: [string, number][] = [];
  const logged: string[] = [];
  const passes: { readonly ms: number; readonly end: () => void }[] = [];
  const mapper = new PortMapper({
    gateways,
    ports: PORTS,
    log: createLog('info', (line) => logged.push(line)),
    onMapped: ({ protocol, port }, external) => mapped.push([`${protocol} ${port}`, external]),
    pass: (ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve());
        passes.push({ ms, end: resolve });
      }),
  });
  onTestFinished(() => mapper.stop());
  return { mapper, mapped, logged, passes };
}

function upnpAt({ ssdp }: UpnpRouter): UpnpGateway {
  return new UpnpGateway((signal) => findUpnpRouter(signal, ssdp));
}

async function rounds(passes: readonly unknown[], count: number): Promise<void> {
  await waitUntil(`${count} rounds`, () => (passes.length >= count ? true : undefined));
}

describe('PortMapper', () => {
  test.each([
    ['PCP', { hasPcp: true }],
    ['NAT-PMP, where there is no PCP', { hasPcp: false }],
    ['PCP, though datagrams are lost', { hasPcp: true, losesFirst: 2 }],
  ])('opens the ports by %s, and gives them back', async (_case, options) => {
    const router = await startPortControlRouter(options);
    const { mapper, mapped, logged, passes } = startMapper([
      new PortControlGateway(router.endpoint),
    ]);
    await rounds(passes, 1);
    expect([...router.table]).toEqual(AS_ASKED);
    expect(mapped).toEqual(AS_ASKED);
    expect(logged).toHaveLength(2);
    expect(passes[0]?.ms).toBe(1_800_000);

    await mapper.stop();
    expect([...router.table]).toEqual([]);
  });

  test('tells the port that the router chose, once, and renews that one', async () => {
    const router = await startPortControlRouter({ hasPcp: false, shift: 100 });
    const { mapped, passes } = startMapper([new PortControlGateway(router.endpoint)]);
    await rounds(passes, 1);
    const heard = router.heard.length;
    passes[0]?.end();
    await rounds(passes, 2);

    expect(mapped).toEqual([
      ['tcp 6881', 6981],
      ['udp 7000', 7100],
    ]);
    expect(router.heard.length).toBe(heard + 2);
    expect(Buffer.from(router.heard.at(-2) ?? []).readUInt16BE(6)).toBe(6981);
  });

  test('opens the ports by UPnP where nothing else answers, and gives them back', async () => {
    const router = await startUpnpRouter();
    const deaf = await startPortControlRouter({ result: 2 });
    const gateways = [new PortControlGateway(deaf.endpoint), upnpAt(router)];
    const { mapper, mapped, passes } = startMapper(gateways);
    await rounds(passes, 1);
    expect(mapped).toEqual(AS_ASKED);
    expect([...router.table]).toEqual(AS_ASKED);

    await mapper.stop();
    expect([...router.table]).toEqual([]);
  });

  test('takes the next ports where UPnP says that they are taken, up to a limit', async () => {
    const router = await startUpnpRouter({ taken: [6881, 6882, 7000, 7001, 7002, 7003, 7004] });
    const { mapped, passes } = startMapper([upnpAt(router)]);
    await rounds(passes, 1);
    expect(mapped).toEqual([['tcp 6881', 6883]]);
  });

  test('asks an old UPnP router for a mapping without an end', async () => {
    const router = await startUpnpRouter({ onlyPermanent: true });
    const { mapped, passes } = startMapper([upnpAt(router)]);
    await rounds(passes, 1);
    expect(mapped).toEqual(AS_ASKED);
    expect(router.leases).toEqual([3_600, 0, 3_600, 0]);
  });

  test('calls nobody but the router that described itself', async () => {
    const victim = await startUpnpRouter();
    const elsewhere = 'http://127.0.0.2:1/ctl/IPConn';
    const router = await startUpnpRouter({ controlUrl: elsewhere });
    const { mapped, logged, passes } = startMapper([upnpAt(router)]);
    await rounds(passes, 1);
    expect([mapped, [...victim.table], victim.leases]).toEqual([[], [], []]);
    expect(logged).toHaveLength(1);
  });

  test('says once that no router answers, and tries again', async () => {
    const router = await startPortControlRouter({ result: 2 });
    const { mapped, logged, passes } = startMapper([new PortControlGateway(router.endpoint)]);
    await rounds(passes, 1);
    expect(passes[0]?.ms).toBe(600_000);
    passes[0]?.end();
    await rounds(passes, 2);
    expect(mapped).toEqual([]);
    expect(logged).toEqual([expect.stringContaining('No router opens ports for us')]);
  });

  test('stops while it waits for a router that is mute', async () => {
    const router = await startPortControlRouter({ losesFirst: Number.POSITIVE_INFINITY });
    const { mapper, logged } = startMapper([new PortControlGateway(router.endpoint)]);
    await waitUntil('a question', () => (router.heard.length > 0 ? true : undefined));
    await mapper.stop();
    const heard = router.heard.length;
    expect(heard).toBeLessThanOrEqual(2);
    expect(logged).toEqual([]);
  });
});
