import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../seed-node/main.ts', import.meta.url));

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs `evertorrent …` to its end, in `cwd`. */
export function runProgram(
  args: readonly string[],
  { cwd, input }: { readonly cwd: string; readonly input?: Uint8Array },
): ProgramEnd {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    input,
    maxBuffer: 100_000_000,
  });
  if (error !== undefined) throw error;
  return { exitCode: status, stdout, stderr: stderr.toString() };
}

/** Runs it, and parses the one JSON object that it prints. */
export function runForJson(
  args: readonly string[],
  where: { readonly cwd: string; readonly input?: Uint8Array },
): unknown {
  return JSON.parse(runProgram([...args, '--json'], where).stdout.toString());
}
