// How fast and how cheaply one torrent is uploaded over each transport, beside the other programs that do it. Linux
// only: processor time and memory are read from /proc.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeContentFile } from '../content-file.ts';
import { describeMachine } from '../describe-machine.ts';
import { parseOptions, usageOf } from '../options.ts';
import { verdictTable } from '../verdicts.ts';
import type { BenchedTorrent, Section } from './section.ts';
import { benchTcp } from './tcp.ts';
import { benchWebSeed } from './web-seed.ts';

const PIECE_LENGTH_BYTES = 2 ** 20;
const PARTS: Readonly<
  Record<string, (torrent: BenchedTorrent, rounds: number) => Promise<Section>>
> = { tcp: benchTcp, 'web-seed': benchWebSeed };

async function main(): Promise<void> {
  const defaults = { gib: 1, rounds: 3, parts: Object.keys(PARTS) };
  const options = parseOptions(process.argv.slice(2), defaults);
  const { sizeBytes, rounds } = options;
  using content = makeContentFile(sizeBytes, options.folder);
  const torrentPath = join(content.folder, 'content.torrent');
  const torrent = {
    contentPath: content.path,
    folder: content.folder,
    torrentPath,
    infoHash: makeTorrent(content.path, torrentPath),
    sizeBytes,
    pieceLengthBytes: PIECE_LENGTH_BYTES,
  };
  process.stdout.write(`${sizeBytes / 2 ** 30} GiB on this machine, ${rounds} rounds\n`);
  const sections: Section[] = [];
  for (const [name, bench] of Object.entries(PARTS)) {
    if (!options.parts.includes(name)) continue;
    const section = await bench(torrent, rounds);
    sections.push(section);
    process.stdout.write(`\n${[section.title, section.table, ...section.notes].join('\n')}\n`);
  }
  const verdicts = sections.flatMap((section) => section.verdicts);
  process.stdout.write(`\nTargets\n${verdictTable(verdicts)}\n`);
  const report = {
    sizeBytes,
    rounds,
    machine: describeMachine(),
    sections: sections.map(({ title, notes, figures }) => ({ title, notes, figures })),
    verdicts,
  };
  const json = JSON.stringify(report, null, 2);
  if (options.jsonPath === undefined) process.stdout.write(`${json}\n`);
  else writeFileSync(options.jsonPath, `${json}\n`);
  process.exitCode = verdicts.every(({ isMet }) => isMet) ? 0 : 1;
}

/** Makes the .torrent with our own program, and returns its info-hash in hex. */
function makeTorrent(contentPath: string, torrentPath: string): string {
  const launcher = fileURLToPath(new URL('../../../seed-node/bin.js', import.meta.url));
  const pieceLength = String(PIECE_LENGTH_BYTES);
  const args = ['create', contentPath, '-o', torrentPath, '--piece-length', pieceLength, '--json'];
  const said: unknown = JSON.parse(
    execFileSync(process.execPath, [launcher, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const infoHash: unknown =
    typeof said === 'object' && said !== null ? Reflect.get(said, 'infoHash') : undefined;
  if (typeof infoHash !== 'string') throw new Error('The .torrent could not be made');
  return infoHash;
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\n${usageOf('bench:seed', Object.keys(PARTS))}\n`,
  );
  process.exit(1);
}
