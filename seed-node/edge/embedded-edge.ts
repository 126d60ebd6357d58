import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from '../log.ts';

const PROCESS_PATH = fileURLToPath(new URL('embedded-edge-process.ts', import.meta.url));
const RESTART_DELAY_MS = 1_000;

export interface EmbeddedEdgeInit {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The Worker's state, kept from start to start. */
  readonly stateDir: string;
  /** Worker vars and secrets over those of wrangler.toml. */
  readonly vars: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** What the parent tells the edge process once. */
export type EdgeProcessStart = Omit<EmbeddedEdgeInit, 'log'>;

/** What the edge process answers. */
export type EdgeProcessReport =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'failed'; readonly isPortTaken: boolean; readonly message: string };

/** The edge's port belongs to another program. */
export class EdgePortTaken extends Error {}

/**
 * The real Worker on this machine, in a process of its own that is started again when it dies.
 *
 * Invariant: after `start` resolved the edge answers on `port`, but for moments of restarting, until `stop`.
 */
export class EmbeddedEdge {
  readonly #init: EmbeddedEdgeInit;
  #child: ChildProcess | undefined;
  #port = 0;
  #isStopping = false;

  constructor(init: EmbeddedEdgeInit) {
    this.#init = init;
    this.#port = init.port;
  }

  get port(): number {
    return this.#port;
  }

  /** Resolves when the edge answers. Throws `EdgePortTaken`, or what else kept it from starting. */
  async start(): Promise<void> {
    const { host, stateDir, vars, log } = this.#init;
    // A group of its own: Ctrl+C must not take the edge away before the seed box said goodbye to it.
    const child = fork(PROCESS_PATH, { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    child.stdout?.on('data', (text: Buffer) => log.debug(`edge: ${text.toString().trimEnd()}`));
    child.stderr?.on('data', (text: Buffer) => log.warn(`edge: ${text.toString().trimEnd()}`));
    const start: EdgeProcessStart = { host, port: this.#port, stateDir, vars };
    child.send(start);
    const report = await new Promise<EdgeProcessReport>((resolve) => {
      child.once('message', (message: EdgeProcessReport) => resolve(message));
      child.once('exit', () =>
        resolve({ type: 'failed', isPortTaken: false, message: 'its process ended' }),
      );
    });
    if (report.type === 'failed') {
      if (report.isPortTaken) throw new EdgePortTaken(report.message);
      throw new Error(`The embedded edge did not start: ${report.message}`);
    }
    this.#port = report.port;
    child.once('exit', () => void this.#restart());
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (child.connected) child.disconnect();
    await exited;
  }

  async #restart(): Promise<void> {
    while (!this.#isStopping) {
      this.#init.log.warn('The embedded edge died and is started again');
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS));
      try {
        if (!this.#isStopping) await this.start();
        return;
      } catch (error) {
        this.#init.log.error('The embedded edge did not come back', error);
      }
    }
  }
}
