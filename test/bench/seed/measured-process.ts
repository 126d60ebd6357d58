import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

const END_TIMEOUT_MS = 10_000;
/** How the kernel counts processor time (`man 7 time`, USER_HZ). */
const TICKS_PER_SECOND = 100;

/** In the program itself and in the kernel on its behalf. */
export function cpuSecondsOf(child: ChildProcess): number {
  const fields = statOf(child);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export function kernelSecondsOf(child: ChildProcess): number {
  return Number(statOf(child)[12]) / TICKS_PER_SECOND;
}

/** What stands behind the name in parentheses: fields 3 and up (`man 5 proc`). */
function statOf(child: ChildProcess): string[] {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export function peakBytesOf(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+([0-9]+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
