import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { BenchServer } from './bench-server.ts';
import type { BenchWorker } from './bench-worker.ts';
import { Child } from './child.ts';
import { createScratchDir } from './scratch-dir.ts';
import { workerdConfig } from './workerd-config.ts';

/** Where workerd says which port it got. */
const CONTROL_FD = 3;

/** Starts a Worker on plain workerd, the binary that miniflare brings: no miniflare, no proxy, one process. */
export async function startWorkerd(worker: BenchWorker): Promise<BenchServer> {
  const folder = createScratchDir();
  const storageDir = join(folder, 'storage');
  await mkdir(storageDir);
  await writeFile(join(folder, 'index.js'), worker.script);
  const configPath = join(folder, 'config.capnp');
  await writeFile(configPath, workerdConfig(worker, { scriptName: 'index.js', storageDir }));

  const child = Child.spawn(workerdPath(), ['serve', configPath, `--control-fd=${CONTROL_FD}`], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const control = child.process.stdio[CONTROL_FD];
  if (!(control instanceof Readable)) throw new Error('workerd could not be started');
  const port = await child.orFail(readPort(control));
  return { port, pid: child.pid, stop: () => child.stop() };
}

/** The `listen` event, one JSON object a line. */
async function readPort(control: Readable): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const event: unknown = JSON.parse(line);
    if (typeof event === 'object' && event !== null && 'port' in event) return Number(event.port);
  }
  throw new Error('workerd named no port');
}

function workerdPath(): string {
  const workerd: unknown = createRequire(import.meta.resolve('miniflare'))('workerd');
  const path: unknown =
    typeof workerd === 'object' && workerd !== null ? Reflect.get(workerd, 'default') : undefined;
  if (typeof path !== 'string') throw new Error('miniflare brings no workerd');
  return path;
}
