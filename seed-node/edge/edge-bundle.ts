import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_DIR = fileURLToPath(new URL('../../', import.meta.url));
const BUNDLE_DIR = join(PACKAGE_DIR, 'dist/edge');
/** The browser's modules: the static assets of the deployed Worker. */
const ASSETS_DIR = join(PACKAGE_DIR, 'dist/browser');
/** What goes into the bundle and its assets. */
const SOURCES = [
  'tracker-worker',
  'shared',
  'vite.config.ts',
  'wrangler.toml',
  'package-lock.json',
];
const BUILD_SCRIPT = fileURLToPath(new URL('build-edge.ts', import.meta.url));

/** What `wrangler deploy` would upload, and how it is bound (`wrangler.toml`, as miniflare takes it). */
export interface EdgeBundle {
  readonly scriptPath: string;
  readonly script: string;
  readonly workerOptions: Record<string, unknown>;
  readonly assetsDir: string;
}

/** Reads the bundle, building it first where it is missing or older than its sources. */
export async function loadEdgeBundle(): Promise<EdgeBundle> {
  const scriptPath = join(BUNDLE_DIR, 'index.js');
  const optionsPath = join(BUNDLE_DIR, 'worker-options.json');
  if (await isStale(optionsPath)) await buildEdge();
  const [script, options] = await Promise.all([
    readFile(scriptPath, 'utf8'),
    readFile(optionsPath, 'utf8'),
  ]);
  const workerOptions: unknown = JSON.parse(options);
  if (typeof workerOptions !== 'object' || workerOptions === null) {
    throw new Error(`${optionsPath} does not hold an object`);
  }
  // Without the assets: they are the front's (`static-assets.ts`).
  const { assets: _, ...bound } = { assets: undefined, ...workerOptions };
  return { scriptPath, script, workerOptions: bound, assetsDir: ASSETS_DIR };
}

async function isStale(builtPath: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(builtPath);
    const newest = await Promise.all(SOURCES.map((source) => newestMs(join(PACKAGE_DIR, source))));
    return Math.max(...newest) > mtimeMs;
  } catch {
    return true;
  }
}

async function newestMs(path: string): Promise<number> {
  const stats = await stat(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const names = await readdir(path);
  const inner = await Promise.all(names.map((name) => newestMs(join(path, name))));
  return Math.max(stats.mtimeMs, ...inner);
}

/** In a process of its own: wrangler is large, and is needed for nothing else. */
async function buildEdge(): Promise<void> {
  await mkdir(BUNDLE_DIR, { recursive: true });
  const build = spawn(process.execPath, [BUILD_SCRIPT, BUNDLE_DIR], {
    cwd: PACKAGE_DIR,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (text: Buffer): void => {
    output = (output + text.toString()).slice(-10_000);
  };
  build.stdout.on('data', collect);
  build.stderr.on('data', collect);
  const code = await new Promise<number | null>((resolve, reject) => {
    build.once('error', reject);
    build.once('close', resolve);
  });
  if (code !== 0) throw new Error(`Building the embedded edge failed:\n${output}`);
}
