// How fast a file is downloaded from our web seed beside nginx, by the same client that throws it away.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { type ContentFile, makeContentFile } from '../hash/content-file.ts';
import { median, ratioByRound, runRounds } from '../rounds.ts';
import { formatTable } from '../table.ts';
import { discardDownload } from './discard-download.ts';

const HOST_PATH = fileURLToPath(new URL('web-seed-host.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;
/** Ours to nginx's, once pieces are verified. */
const TARGET_RATIO = 0.5;

interface Contender {
  readonly name: 'ours' | 'nginx';
  readonly port: number;
  readonly target: string;
  readonly process: ChildProcess;
}

export interface WebSeedFigures {
  readonly sizeBytes: number;
  /** MB/s of each round. */
  readonly ours: readonly number[];
  /** Empty where nginx is not installed. */
  readonly nginx: readonly number[];
  /** Of the first download, in which every piece is verified. */
  readonly oursUnverified: number;
  /** The median of the rounds' ratios; undefined where nginx is not installed. */
  readonly ratio: number | undefined;
  readonly isTargetMet: boolean;
}

/** Measures MB/s of whole downloads over one connection, in rounds that take turns; the content is in memory. */
export async function measureWebSeed(sizeBytes: number, rounds: number): Promise<WebSeedFigures> {
  using content = makeContentFile(sizeBytes, undefined);
  const contenders = [await startOurs(content.path)];
  try {
    const nginx = await startNginx(content);
    if (nginx !== undefined) contenders.push(nginx);
    const download = async ({ port, target }: Contender): Promise<number> =>
      sizeBytes / 1e6 / (await discardDownload(port, target, sizeBytes));
    const oursUnverified = await download(contenders[0] ?? fail('nobody takes part'));
    if (nginx !== undefined) await download(nginx);
    const results = await runRounds(contenders, rounds, download);
    const of = (name: Contender['name']): number[] =>
      [...results].find(([contender]) => contender.name === name)?.[1] ?? [];
    const ours = of('ours');
    const theirs = of('nginx');
    const ratio = theirs.length === 0 ? undefined : ratioByRound(ours, theirs);
    const isTargetMet = ratio !== undefined && ratio >= TARGET_RATIO;
    return { sizeBytes, ours, nginx: theirs, oursUnverified, ratio, isTargetMet };
  } finally {
    for (const { process: child } of contenders) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
  }
}

/** A table for people, with the verdict. */
export function formatWebSeedFigures(figures: WebSeedFigures): string {
  const { ratio } = figures;
  return [
    `${figures.sizeBytes / 2 ** 30} GiB over HTTP, ${figures.ours.length} rounds\n`,
    formatTable(
      ['', 'median MB/s', 'best MB/s'],
      [
        row('ours, verified', figures.ours),
        row('ours, first download', [figures.oursUnverified]),
        row('nginx', figures.nginx),
      ],
    ),
    `  ours to nginx: ${ratio === undefined ? 'not measured' : ratio.toFixed(2)},`,
    ` at least ${TARGET_RATIO}: ${figures.isTargetMet ? 'pass' : 'MISS'}\n`,
  ].join('');
}

function row(name: string, speeds: readonly number[]): string[] {
  return [name, median(speeds).toFixed(0), Math.max(0, ...speeds).toFixed(0)];
}

async function startOurs(path: string): Promise<Contender> {
  const child = spawn(process.execPath, [HOST_PATH, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const line = await waitUntil(
    'our server',
    () => {
      if (child.exitCode !== null) throw new Error(`Our server ended with ${child.exitCode}`);
      return output.endsWith('\n') ? output : undefined;
    },
    START_TIMEOUT_MS,
  );
  const started: unknown = JSON.parse(line);
  if (typeof started !== 'object' || started === null) return fail('our server told nothing');
  const port: unknown = Reflect.get(started, 'port');
  const target: unknown = Reflect.get(started, 'target');
  if (typeof port !== 'number' || typeof target !== 'string')
    return fail('our server told odd things');
  return { name: 'ours', port, target, process: child };
}

/** nginx as Debian configures it for files, with one worker; undefined where it is not installed. */
async function startNginx({ folder, path }: ContentFile): Promise<Contender | undefined> {
  if (spawnSync('nginx', ['-v']).error !== undefined) return undefined;
  const port = await freePort();
  const state = join(folder, 'nginx');
  mkdirSync(state);
  const config = join(state, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${state}/${name};`)
    .join(' ');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  writeFileSync(
    config,
    `${user} daemon off; worker_processes 1; pid ${state}/pid; error_log ${state}/error.log;
    events {}
    http { ${temporary} access_log off; sendfile on; tcp_nopush on;
      server { listen 127.0.0.1:${port}; root ${folder}; } }`,
  );
  const child = spawn('nginx', ['-c', config, '-p', state, '-e', join(state, 'error.log')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await waitUntil('nginx', async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      await response.body?.cancel();
      return true;
    } catch {
      return undefined;
    }
  });
  return { name: 'nginx', port, target: `/${basename(path)}`, process: child };
}

function fail(what: string): never {
  throw new Error(what);
}

if (import.meta.main) {
  const figures = await measureWebSeed(2 ** 30, 7);
  process.stdout.write(formatWebSeedFigures(figures));
  process.exitCode = figures.isTargetMet ? 0 : 1;
}
