import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Publication } from '../../shared/publication.ts';
import { waitUntil } from './wait-until.ts';

const PACKAGE_DIR = fileURLToPath(new URL('../../', import.meta.url));

export interface ReadyEvent {
  readonly edgeUrl: string;
  readonly peerPort: number;
  readonly httpUrl: string;
}

export interface SeedProcessOptions {
  readonly dataDir: string;
  readonly paths?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the program is called; the package's own folder by default. */
  readonly cwd?: string;
  /** As the README says it, `npm start`, in place of the program itself. */
  readonly viaNpm?: boolean;
  /** Bound by file permissions even where the tests run as root. */
  readonly withoutRootPowers?: boolean;
}

/** The real program, `evertorrent seed --json …`, on free ports unless `env` says otherwise. */
export class SeedProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(options: SeedProcessOptions) {
    const args = ['--json', ...(options.paths ?? [])];
    const program = [process.execPath, join(PACKAGE_DIR, 'seed-node/main.ts'), 'seed', ...args];
    const dropPowers = options.withoutRootPowers === true && process.getuid?.() === 0;
    const [command = '', ...commandArgs] =
      options.viaNpm === true
        ? ['npm', 'start', '--silent', '--', ...args]
        : dropPowers
          ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--', ...program]
          : program;
    this.child = spawn(command, commandArgs, {
      cwd: options.cwd ?? PACKAGE_DIR,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        EVERTORRENT_DATA_DIR: options.dataDir,
        EVERTORRENT_EDGE_PORT: '0',
        EVERTORRENT_PEER_PORT: '0',
        EVERTORRENT_HTTP_PORT: '0',
        EVERTORRENT_STUN_URLS: '',
        EVERTORRENT_PORT_MAPPING: 'off',
        ...options.env,
      },
    });
    this.child.stdout?.on('data', (text: Buffer) => (this.stdout += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.stderr += text.toString()));
    this.exited = new Promise((resolve, reject) => {
      this.child.once('close', (code) => resolve(code));
      // It could not even be started.
      this.child.once('error', reject);
    });
    onTestFinished(() => this.stop().then(() => undefined));
  }

  /** The first `ready` event. */
  async ready(): Promise<ReadyEvent> {
    return this.#event('ready', isReady);
  }

  /** The first `published` event. */
  async published(): Promise<Publication> {
    return this.#event('published', isPublished);
  }

  /** Every `published` event so far; complete once it is ready. */
  get publications(): readonly Publication[] {
    return this.#events().filter(isPublished);
  }

  /** Asks it to stop, and resolves with its exit code. */
  async stop(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }

  #event<T>(name: string, isEvent: (value: unknown) => value is T): Promise<T> {
    return waitUntil(`"${name}"`, () => {
      if (this.child.exitCode !== null) {
        throw new Error(`The seed box ended with ${this.child.exitCode}: ${this.stderr}`);
      }
      return this.#events().find(isEvent);
    });
  }

  #events(): unknown[] {
    const lines = this.stdout.split('\n').filter((line) => line.endsWith('}'));
    return lines.map((line): unknown => JSON.parse(line));
  }
}

function hasEventName(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'event') === name;
}

function isReady(value: unknown): value is ReadyEvent {
  return hasEventName(value, 'ready');
}

function isPublished(value: unknown): value is Publication {
  return hasEventName(value, 'published');
}
