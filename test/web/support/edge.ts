import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { EmbeddedEdge } from '../../../seed-node/edge/embedded-edge.ts';
import { createLog } from '../../../seed-node/log.ts';
import { SeedProcess } from '../../support/seed-process.ts';
import { createTempDir } from '../../support/temp-dir.ts';

/** The operator's secret, with which the tests sign in. */
export const TOKEN = 'a-token-for-the-tests';
export const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

/** Starts an edge for one test that no seed box owns: it outlives one that is killed. Resolves with its origin. */
export async function startEdge(): Promise<string> {
  const edge = new EmbeddedEdge({
    host: '127.0.0.1',
    port: 0,
    stateDir: join(createTempDir(), 'edge'),
    vars: { PUBLISHER_TOKEN: TOKEN, WEBSEED_PROXY: 'on' },
    log: createLog('silent', () => {}),
  });
  await edge.start();
  onTestFinished(() => edge.stop());
  return `http://127.0.0.1:${edge.port}`;
}

/** A seed box that reports to an edge and takes uploads. */
export interface SeedBox {
  readonly process: SeedProcess;
  readonly contentDir: string;
  /** Its own HTTP server, which the edge asks. */
  readonly httpUrl: string;
}

export async function startSeedBox(edgeUrl: string): Promise<SeedBox> {
  const dir = createTempDir();
  const contentDir = join(dir, 'content');
  const process = new SeedProcess({
    dataDir: join(dir, 'data'),
    env: {
      EVERTORRENT_EDGE_URL: edgeUrl,
      EVERTORRENT_PUBLISHER_TOKEN: TOKEN,
      EVERTORRENT_CONTENT_DIR: contentDir,
    },
  });
  const { httpUrl } = await process.ready();
  // No test here is about how it takes leave.
  onTestFinished(() => process.stop('SIGKILL').then(() => undefined));
  return { process, contentDir, httpUrl };
}
