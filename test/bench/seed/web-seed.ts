import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { median, ratioByRound, runRounds } from '../rounds.ts';
import { formatTable } from '../table.ts';
import { atLeast } from '../verdicts.ts';
import { discardDownload } from './discard-download.ts';
import { cpuSecondsOf, end, peakBytesOf } from './measured-process.ts';
import type { BenchedTorrent, Section } from './section.ts';
import { seedBoxArguments } from './seeders.ts';

const START_TIMEOUT_MS = 60_000;
const TARGET_RATIO = 0.5;

/** A program that serves the content over HTTP. */
interface Server {
  readonly name: 'ours' | 'nginx';
  readonly port: number;
  /** The path and query of the content's URL. */
  readonly target: string;
  /** The process that sends. */
  readonly child: ChildProcess;
}

interface Figures {
  readonly cold: number;
  readonly warm: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** Whole downloads over HTTP and one connection, from ours beside nginx. */
export async function benchWebSeed(torrent: BenchedTorrent, rounds: number): Promise<Section> {
  const hasNginx = spawnSync('nginx', ['-v'], { stdio: 'ignore' }).status === 0;
  const ourStart = { start: startOurs };
  const nginxStart = { start: startNginx };
  const contenders = hasNginx ? [ourStart, nginxStart] : [ourStart];
  const results = await runRounds(contenders, rounds, ({ start }) => measure(start, torrent));
  const ours = results.get(ourStart) ?? [];
  const nginx = results.get(nginxStart) ?? [];
  const named = { ours, nginx };
  return {
    title: 'Web seed, over HTTP; cold is the first download',
    table: formatTable(
      ['', 'cold, MB/s', 'MB/s', 'CPU-s/GB', 'peak MB'],
      Object.entries(named)
        .filter(([, figures]) => figures.length > 0)
        .map(([name, figures]) => [
          name,
          median(figures.map(({ cold }) => cold)).toFixed(0),
          median(warmOf(figures)).toFixed(0),
          (median(figures.map((r) => r.cpuSeconds)) / (torrent.sizeBytes / 1e9)).toFixed(2),
          (Math.max(...figures.map(({ peakBytes }) => peakBytes)) / 1e6).toFixed(0),
        ]),
    ),
    notes: hasNginx ? [] : ['Not installed: nginx'],
    figures: named,
    verdicts: [
      atLeast(
        "web seed, MB/s to nginx's",
        hasNginx ? ratioByRound(warmOf(ours), warmOf(nginx)) : undefined,
        TARGET_RATIO,
      ),
    ],
  };
}

function warmOf(figures: readonly Figures[]): number[] {
  return figures.map((round) => round.warm);
}

async function measure(
  start: (torrent: BenchedTorrent) => Promise<Server>,
  torrent: BenchedTorrent,
): Promise<Figures> {
  const { name, port, target, child } = await start(torrent);
  process.stderr.write(`web seed: ${name}\n`);
  const megabytes = torrent.sizeBytes / 1e6;
  try {
    const cold = megabytes / (await discardDownload(port, target, torrent.sizeBytes));
    const beforeSeconds = cpuSecondsOf(child);
    const warm = megabytes / (await discardDownload(port, target, torrent.sizeBytes));
    const cpuSeconds = cpuSecondsOf(child) - beforeSeconds;
    return { cold, warm, cpuSeconds, peakBytes: peakBytesOf(child) };
  } finally {
    await end(child);
  }
}

async function startOurs(torrent: BenchedTorrent): Promise<Server> {
  const [peer, port] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, seedBoxArguments(torrent, { peer, http: port }), {
    stdio: 'ignore',
  });
  const target = `/webseed/${torrent.infoHash}/${basename(torrent.contentPath)}`;
  await untilServed(child, port, target);
  return { name: 'ours', port, target, child };
}

/** nginx as it is configured for large files, with one process that is also the one that sends. */
async function startNginx({ folder, contentPath }: BenchedTorrent): Promise<Server> {
  const port = await freePort();
  const state = mkdtempSync(join(folder, 'nginx-'));
  mkdirSync(join(state, 'temporary'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${state}/temporary;`)
    .join(' ');
  const configPath = join(state, 'nginx.conf');
  const errorLog = join(state, 'error.log');
  writeFileSync(
    configPath,
    `daemon off; master_process off; pid ${state}/pid; error_log ${errorLog};
    events {}
    http { ${temporary} access_log off; sendfile on; tcp_nopush on;
      server { listen 127.0.0.1:${port}; root ${folder}; } }`,
  );
  const child = spawn('nginx', ['-c', configPath, '-p', state, '-e', errorLog], {
    stdio: 'ignore',
  });
  const target = `/${basename(contentPath)}`;
  await untilServed(child, port, target);
  return { name: 'nginx', port, target, child };
}

async function untilServed(child: ChildProcess, port: number, target: string): Promise<void> {
  await waitUntil(
    'the server',
    async () => {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}`);
      try {
        const url = `http://127.0.0.1:${port}${target}`;
        return (await fetch(url, { method: 'HEAD' })).ok || undefined;
      } catch {
        return undefined;
      }
    },
    START_TIMEOUT_MS,
  );
}
