import { spawnSync } from 'node:child_process';

/** The Debian package of each program that the suite runs. */
const PACKAGES = {
  aria2c: 'aria2',
  'transmission-cli': 'transmission-cli',
  'transmission-show': 'transmission-cli',
  mktorrent: 'mktorrent',
  'qbittorrent-nox': 'qbittorrent-nox',
  chromium: 'chromium',
} as const;

/** Programs do not tell whether Python finds libtorrent. */
const LIBTORRENT = ['/usr/bin/python3', '-c', 'import libtorrent'] as const;

/** Installs the clients that are missing, before any test runs; fails where that cannot be done. */
export function setup(): void {
  const missing = Object.entries(PACKAGES).filter(([program]) => !isInstalled(program));
  const packages = new Set<string>(missing.map(([, name]) => name));
  if (!hasLibtorrent()) packages.add('python3-libtorrent');
  if (packages.size === 0) return;
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  const stillMissing = missing
    .map(([program]) => program)
    .filter((program) => !isInstalled(program));
  if (!hasLibtorrent()) stillMissing.push('python3-libtorrent');
  if (stillMissing.length > 0) throw new Error(`Not installed: ${stillMissing.join(', ')}`);
}

function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
}

function hasLibtorrent(): boolean {
  const [python, ...args] = LIBTORRENT;
  return spawnSync(python, args).status === 0;
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) {
    throw new Error(`The interop suite needs other clients, and ${command} failed`, {
      cause: error,
    });
  }
}
