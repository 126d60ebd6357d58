import { type ChildProcess, fork, spawn, type SpawnOptions } from 'node:child_process';
import { killTree } from './process-tree.ts';

const STOP_TIMEOUT_MS = 5_000;
const MAX_OUTPUT_CHARACTERS = 4_000;
const running = new Set<Child>();

// The last word, whatever the reason to end: nothing of the bench outlives it.
process.once('exit', () => {
  for (const child of running) killTree(child.pid);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(130));
}

/** A process of the bench, ended with it at the latest. */
export class Child {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly #exited: Promise<void>;
  #output = '';

  private constructor(process: ChildProcess) {
    this.process = process;
    this.pid = process.pid ?? 0;
    running.add(this);
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#output = (this.#output + text.toString()).slice(-MAX_OUTPUT_CHARACTERS);
      });
    }
    this.#exited = new Promise((resolve) => {
      const end = (): void => {
        running.delete(this);
        resolve();
      };
      // Not `close`: it never comes once the channel was closed from here.
      process.once('exit', end);
      process.once('error', end);
    });
  }

  /** Starts a program. */
  static spawn(command: string, args: readonly string[], options: SpawnOptions): Child {
    return new Child(spawn(command, args, options));
  }

  /** Starts a module of ours with a channel to it; it ends when the channel does. */
  static fork(moduleUrl: URL, init: { readonly execArgv?: readonly string[] } = {}): Child {
    return new Child(
      fork(moduleUrl, {
        execArgv: [...(init.execArgv ?? [])],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    );
  }

  /** What it printed last, for an error message. */
  get output(): string {
    return this.#output;
  }

  /**
   * Sends a message and resolves with the next one that comes back, which the module that was forked says the type of;
   * throws when the process ends before.
   */
  async ask<Answer>(message: object): Promise<Answer> {
    const answer = this.message<Answer>();
    this.process.send?.(message);
    return answer;
  }

  async message<Answer>(): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) => {
      this.process.once('message', (message: Answer) => resolve(message));
    });
    return this.orFail(answer);
  }

  /** The same promise, rejected where the process ends before. */
  async orFail<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([
      promise,
      this.#exited.then(() => {
        throw new Error(`A process of the bench ended too early:\n${this.#output}`);
      }),
    ]);
  }

  /** Asks it to end, and ends it by force where it does not. */
  async stop(): Promise<void> {
    if (this.process.connected) this.process.disconnect();
    else this.process.kill('SIGTERM');
    const timer = setTimeout(() => killTree(this.pid), STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }
}
