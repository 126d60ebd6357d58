import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchedTorrent } from './section.ts';

/** That of the system, whose packages may have libtorrent. */
export const PYTHON = '/usr/bin/python3';

/** A program that seeds it on a port until it is stopped. */
export interface Seeder {
  readonly name: string;
  readonly command: string;
  readonly args: (port: number) => readonly string[];
}

/** Everyone who is installed, and the names of those who are not. */
export function listSeeders(torrent: BenchedTorrent): {
  readonly seeders: readonly Seeder[];
  readonly absent: readonly string[];
} {
  const { folder, torrentPath } = torrent;
  const seeders: Seeder[] = [];
  const absent: string[] = [];
  seeders.push(
    {
      name: 'ours',
      command: process.execPath,
      args: (port) => seedBoxArguments(torrent, { peer: port, http: 0 }),
    },
    {
      name: 'webtorrent',
      command: process.execPath,
      args: (port) => [own('seed-with-webtorrent.ts'), torrentPath, folder, String(port)],
    },
  );
  if (succeeds(PYTHON, ['-c', 'import libtorrent'])) {
    for (const profile of ['default', 'tuned']) {
      seeders.push({
        name: profile === 'default' ? 'libtorrent' : 'libtorrent, high performance seed',
        command: PYTHON,
        args: (port) => [
          own('seed-with-libtorrent.py'),
          torrentPath,
          folder,
          String(port),
          profile,
        ],
      });
    }
  } else {
    absent.push('libtorrent');
  }
  if (succeeds('transmission-cli', ['--version'])) {
    seeders.push({
      name: 'transmission',
      command: 'transmission-cli',
      args: (port) =>
        ['-g', mkdtempSync(join(folder, 'transmission-')), '-w', folder].concat([
          '-p',
          String(port),
          '--no-portmap',
          '--no-uplimit',
          torrentPath,
        ]),
    });
  } else {
    absent.push('transmission');
  }
  return { seeders, absent };
}

/** What Node is given to seed it with our own program. */
export function seedBoxArguments(
  { contentPath, folder }: BenchedTorrent,
  ports: { readonly peer: number; readonly http: number },
): string[] {
  return [own('../../../seed-node/bin.js'), 'seed', contentPath, '--log-level', 'error'].concat(
    ['--data-dir', mkdtempSync(join(folder, 'data-')), '--edge-port', '0'],
    ['--http-port', String(ports.http), '--peer-port', String(ports.peer)],
  );
}

function own(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
