import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TORRENT_FORMATS, type TorrentFormat } from '../../../shared/info-hash.ts';

const PIECE_LENGTH_BYTES = 2 ** 20;
const PYTHON = '/usr/bin/python3';

type Maker = 'ours' | 'mktorrent' | 'libtorrent' | 'create-torrent';

/** A program with the arguments that make it hash the content. */
export interface Contender {
  readonly name: string;
  readonly maker: Maker;
  readonly format: TorrentFormat;
  readonly threads: number;
  readonly command: string;
  readonly args: readonly string[];
  /** The .torrent that it writes. */
  readonly output: string;
}

/** Everyone who is installed, and the names of those who are not. */
export function listContenders(
  contentPath: string,
  folder: string,
): { readonly contenders: readonly Contender[]; readonly absent: readonly string[] } {
  const cores = availableParallelism();
  const threadCounts = cores === 1 ? [1] : [1, cores];
  const contenders: Contender[] = [];
  const absent: string[] = [];
  const add = (
    maker: Maker,
    format: TorrentFormat,
    threads: number,
    program: (output: string) => readonly string[],
  ): void => {
    const output = join(folder, `${maker}-${format}-${threads}.torrent`);
    const [command = '', ...args] = program(output);
    const name = `${maker} ${format}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
    contenders.push({ name, maker, format, threads, command, args, output });
  };

  const pieceLength = String(PIECE_LENGTH_BYTES);
  const launcher = fileURLToPath(new URL('../../../seed-node/bin.js', import.meta.url));
  for (const format of TORRENT_FORMATS) {
    for (const threads of threadCounts) {
      const options = ['--format', format, '--piece-length', pieceLength];
      add('ours', format, threads, (output) =>
        [process.execPath, launcher, 'create', contentPath, '-o', output].concat(
          options,
          '--threads',
          String(threads),
        ),
      );
    }
  }
  if (isInstalled('mktorrent')) {
    const exponent = String(Math.log2(PIECE_LENGTH_BYTES));
    for (const threads of threadCounts) {
      add('mktorrent', 'v1', threads, (output) =>
        ['mktorrent', '-d', '-l', exponent, '-t', String(threads), '-o', output].concat(
          contentPath,
        ),
      );
    }
  } else {
    absent.push('mktorrent');
  }
  if (isInstalled(PYTHON) && spawnSync(PYTHON, ['-c', 'import libtorrent']).status === 0) {
    const script = fileURLToPath(new URL('../../interop/make-with-libtorrent.py', import.meta.url));
    for (const format of TORRENT_FORMATS) {
      // Its Python binding has no say in the number of threads.
      add('libtorrent', format, 1, (output) => [
        PYTHON,
        script,
        'make',
        contentPath,
        format,
        pieceLength,
        'no-tail',
        output,
      ]);
    }
  } else {
    absent.push('libtorrent (python3-libtorrent)');
  }
  const createTorrent = fileURLToPath(new URL('make-with-create-torrent.ts', import.meta.url));
  add('create-torrent', 'v1', 1, (output) => [
    process.execPath,
    createTorrent,
    contentPath,
    pieceLength,
    output,
  ]);
  return { contenders, absent };
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['-h']).error === undefined;
}
