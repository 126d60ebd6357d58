// The embedded edge's own process: the production bundle in miniflare, behind the front. It lives exactly as long
// as the channel to its parent, so that not even a `kill -9` of the seed box leaves it behind.
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import type { EdgeProcessReport, EdgeProcessStart } from './embedded-edge.ts';
import { loadEdgeBundle } from './edge-bundle.ts';
import { createEdgeFront } from './edge-front.ts';
import { endOrphanedWorkerd } from './orphaned-workerd.ts';
import { StaticAssets } from './static-assets.ts';

const INNER_HOST = '127.0.0.1';
/** A predecessor that was killed needs a moment to notice and let the port go. */
const PORT_RETRIES = 20;
const PORT_RETRY_MS = 250;

let miniflare: Miniflare | undefined;

process.once('message', (start: EdgeProcessStart) => {
  run(start).then(report, (error: unknown) => {
    const isPortTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    report({
      type: 'failed',
      isPortTaken,
      message: error instanceof Error ? error.message : String(error),
    });
    process.disconnect();
  });
});

process.once('disconnect', () => {
  void (miniflare?.dispose() ?? Promise.resolve()).finally(() => process.exit());
});

async function run(start: EdgeProcessStart): Promise<EdgeProcessReport> {
  const pidFile = join(start.stateDir, 'workerd.pid');
  endOrphanedWorkerd(pidFile);
  process.env['MINIFLARE_WORKERD_PATH'] = fileURLToPath(new URL('workerd.sh', import.meta.url));
  process.env['EVERTORRENT_WORKERD'] = workerdPath();
  process.env['EVERTORRENT_WORKERD_PID_FILE'] = pidFile;

  const { scriptPath, script, workerOptions, assetsDir } = await loadEdgeBundle();
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...workerOptions,
      name: 'evertorrent',
      modulesRoot: dirname(scriptPath),
      modules: [{ type: 'ESModule', path: scriptPath, contents: script }],
      bindings: { ...asRecord(workerOptions['bindings']), ...start.vars },
      resourcePersistencePath: start.stateDir,
      host: INNER_HOST,
      port: 0,
      // Off: it would be downloaded.
      cf: false,
      log: new Log(LogLevel.ERROR),
    }),
  );
  const innerUrl = await miniflare.ready;
  const assets = await StaticAssets.load(assetsDir);
  const front = createEdgeFront({ host: INNER_HOST, port: Number(innerUrl.port) }, assets);
  return { type: 'ready', port: await listen(front, start.host, start.port) };
}

async function listen(front: Server, host: string, port: number): Promise<number> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await new Promise<void>((resolve, reject) => {
        front.once('error', reject);
        front.listen(port, host, () => {
          front.off('error', reject);
          resolve();
        });
      });
      const address = front.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    } catch (error) {
      const isPortTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!isPortTaken || attempt >= PORT_RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PORT_RETRY_MS));
    }
  }
}

/** The binary of miniflare's own workerd: the one that it would start. */
function workerdPath(): string {
  const workerd: unknown = createRequire(import.meta.resolve('miniflare'))('workerd');
  const path: unknown =
    typeof workerd === 'object' && workerd !== null ? Reflect.get(workerd, 'default') : undefined;
  if (typeof path !== 'string') throw new Error('miniflare brings no workerd');
  return path;
}

function report(message: EdgeProcessReport): void {
  process.send?.(message);
}

function asRecord(value: unknown): Record<string, string> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
