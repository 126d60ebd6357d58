import { parseArgs } from 'node:util';

const SECTIONS = ['http', 'socket', 'memory', 'rows'] as const;
type Section = (typeof SECTIONS)[number];

export interface Options {
  readonly sections: ReadonlySet<Section>;
  readonly rounds: number;
  /** Of one round against one server. */
  readonly seconds: number;
  readonly jsonPath: string | undefined;
}

export const USAGE = `npm run bench:tracker -- [--only http|socket|memory|rows]... [--rounds N] [--seconds N] [--json FILE]`;

/** Parses the command line; throws with what is wrong with it. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [...SECTIONS] },
      rounds: { type: 'string', default: '15' },
      seconds: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  return {
    sections: new Set(values.only.map(parseSection)),
    rounds: parseCount('--rounds', values.rounds, 100),
    seconds: parseCount('--seconds', values.seconds, 60),
    jsonPath: values.json,
  };
}

function parseSection(name: string): Section {
  const section = SECTIONS.find((one) => one === name);
  if (section === undefined) throw new Error(`--only must be one of ${SECTIONS.join(', ')}`);
  return section;
}

function parseCount(flag: string, text: string, most: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new Error(`${flag} must be a whole number from 1 to ${most}`);
  }
  return count;
}
