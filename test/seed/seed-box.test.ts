import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HttpTracker } from '../../seed-node/announce/http-tracker.ts';
import type { SeedConfig } from '../../seed-node/config.ts';
import { createLog } from '../../seed-node/log.ts';
import { PortControlGateway } from '../../seed-node/port-mapping/port-control-gateway.ts';
import { SeedBox } from '../../seed-node/seed-box.ts';
import { infoHash, peerId, required } from '../unit/shared/required.ts';
import { writeTree } from '../support/content.ts';
import { startPortControlRouter } from '../support/fake-routers.ts';
import { createTempDir } from '../support/temp-dir.ts';
import { waitUntil } from '../support/wait-until.ts';

const SHIFT = 100;

test('SeedBox announces the port that the router opened, and gives it back', async () => {
  const root = createTempDir();
  writeTree(join(root, 'tree'), { a: 1000 });
  const router = await startPortControlRouter({ shift: SHIFT });
  const config: SeedConfig = {
    edgeHost: '127.0.0.1',
    edgePort: 0,
    dataDir: join(root, 'data'),
    contentDir: join(root, 'content'),
    maxUploadBytes: 1_000_000,
    peerPort: 0,
    webrtcPort: 0,
    portMapping: 'on',
    stunUrls: [],
    httpHost: '127.0.0.1',
    httpPort: 0,
    format: 'v1',
    logLevel: 'silent',
  };
  const gateways = [new PortControlGateway(router.endpoint)];
  const log = createLog('silent', () => {});
  const box = await SeedBox.start(config, log, () => Promise.resolve(gateways));
  onTestFinished(() => box.stop());
  await box.checkEdge();
  const { pageUrl } = await box.publish(join(root, 'tree'), {
    format: 'v1',
    onProgress: () => {},
    onSkipped: () => {},
    signal: new AbortController().signal,
  });

  const swarm = infoHash(required(pageUrl.split('/').at(-1)));
  const tracker = new HttpTracker({ url: `${box.edge.url}/announce`, maxGoodbyes: 1 });
  const announce = {
    infoHash: swarm,
    peerId: peerId('leecher'.padEnd(20, '-')),
    port: 1,
    uploadedBytes: 0,
    event: 'started',
    peersWanted: 50,
    trackerId: undefined,
  } as const;
  const announcedPorts = async (): Promise<number[]> => {
    const { peers } = await tracker.announce(announce, new AbortController().signal);
    return [...new Set(peers.map(({ port }) => port))];
  };
  await expect.poll(announcedPorts, { timeout: 15_000 }).toContain(box.peerPort + SHIFT);
  await waitUntil('both ports', () => (router.table.size === 2 ? true : undefined));
  expect(router.table.get(`tcp ${box.peerPort}`)).toBe(box.peerPort + SHIFT);

  await box.stop();
  expect(router.table.size).toBe(0);
});
