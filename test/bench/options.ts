import { parseArgs } from 'node:util';

export interface Options {
  readonly sizeBytes: number;
  readonly rounds: number;
  /** Where the content is put; undefined: in memory where there is room, or in the temporary folder. */
  readonly folder: string | undefined;
  readonly jsonPath: string | undefined;
}

export function usageOf(script: string): string {
  return `npm run ${script} -- [--gib N] [--rounds N] [--folder PATH] [--json FILE]`;
}

/** Parses the command line; throws with what is wrong with it. */
export function parseOptions(
  args: readonly string[],
  defaults: { readonly gib: number; readonly rounds: number },
): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      gib: { type: 'string', default: String(defaults.gib) },
      rounds: { type: 'string', default: String(defaults.rounds) },
      folder: { type: 'string' },
      json: { type: 'string' },
    },
  });
  return {
    sizeBytes: parseNumber('--gib', values.gib, 1_000) * 2 ** 30,
    rounds: parseNumber('--rounds', values.rounds, 100),
    folder: values.folder,
    jsonPath: values.json,
  };
}

function parseNumber(flag: string, text: string, most: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new Error(`${flag} must be a whole number from 1 to ${most}`);
  }
  return count;
}
