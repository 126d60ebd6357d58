import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SAMPLE_MS = 10;
/** A program that takes longer hangs. */
const TIMEOUT_MS = 600_000;

/** What a program took, from its start to its end. */
export interface ProgramFigures {
  readonly seconds: number;
  /** The most memory that it held at a time, from /proc: 0 where it ended before the first look. */
  readonly peakBytes: number;
}

/** Runs a program to its end, without its output; throws where it fails. */
export async function measureProgram(
  command: string,
  args: readonly string[],
): Promise<ProgramFigures> {
  const startMs = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let complaint = '';
  child.stderr.on(
    'data',
    (text: Buffer) => (complaint = (complaint + text.toString()).slice(-500)),
  );
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, readPeak(child.pid));
  }, SAMPLE_MS);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const seconds = (performance.now() - startMs) / 1_000;
    if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${complaint}`);
    return { seconds, peakBytes };
  } finally {
    clearInterval(timer);
  }
}

function readPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+([0-9]+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
