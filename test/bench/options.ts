import { parseArgs } from 'node:util';

export interface Options {
  readonly sizeBytes: number;
  readonly rounds: number;
  /** Where the content is put; undefined: in memory where there is room, or in the temporary folder. */
  readonly folder: string | undefined;
  readonly jsonPath: string | undefined;
  /** Those of the benchmark's parts that are wanted. */
  readonly parts: readonly string[];
}

export function usageOf(script: string, parts: readonly string[] = []): string {
  const names = parts.length === 0 ? '' : ` [${parts.join('|')}]…`;
  return `npm run ${script} -- [--gib N] [--rounds N] [--folder PATH] [--json FILE]${names}`;
}

/** Parses the command line; throws with what is wrong with it. */
export function parseOptions(
  args: readonly string[],
  defaults: { readonly gib: number; readonly rounds: number; readonly parts?: readonly string[] },
): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      gib: { type: 'string', default: String(defaults.gib) },
      rounds: { type: 'string', default: String(defaults.rounds) },
      folder: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const { parts = [] } = defaults;
  const unknown = positionals.find((name) => !parts.includes(name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}"`);
  return {
    sizeBytes: parseNumber('--gib', values.gib, 1_000) * 2 ** 30,
    rounds: parseNumber('--rounds', values.rounds, 100),
    folder: values.folder,
    jsonPath: values.json,
    parts: positionals.length === 0 ? parts : positionals,
  };
}

function parseNumber(flag: string, text: string, most: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new Error(`${flag} must be a whole number from 1 to ${most}`);
  }
  return count;
}
