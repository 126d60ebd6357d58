import { spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** What a client prints before it is done is kept for the failure message, up to here. */
const MAX_OUTPUT_CHARACTERS = 2_000;

/** A BitTorrent client of another make, running; ended with the test that started it. */
export interface RunningClient {
  readonly exited: Promise<number | null>;
  output(): string;
  stop(): void;
}

export function startClient(command: string, args: readonly string[]): RunningClient {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (text: Buffer): void => {
    output = (output + text.toString()).slice(-MAX_OUTPUT_CHARACTERS);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { exited, output: () => output, stop: () => child.kill('SIGTERM') };
}

/** Runs a tool to its end and returns what it printed; throws where it fails. */
export function runTool(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}
