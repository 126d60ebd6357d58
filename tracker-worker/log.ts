/** A log line's text of one error is cut here: a message may quote what a stranger sent. */
const MAX_TEXT_CHARACTERS = 8000;
/** Causes behind an error that are logged too; a cycle ends here. */
const MAX_CAUSES = 5;

/** What a sampled line says besides its event. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Logs what the world did wrong, whole, for the operator; a remote never sees any of it. */
export function logFault(doing: string, error: unknown): void {
  const line = JSON.stringify({ level: 'error', doing, error: describeError(error, MAX_CAUSES) });
  // oxlint-disable-next-line no-console -- Workers Logs are what a Worker writes to its console
  console.error(line);
}

/**
 * Logs an event with the probability `sampleRate`: the many are told by a few, and at 0 nothing is even put together.
 * `random` is in [0, 1).
 */
export function logSampled(
  sampleRate: number,
  random: () => number,
  event: string,
  fields: () => LogFields,
): void {
  if (sampleRate === 0 || random() >= sampleRate) return;
  const line = JSON.stringify({ ...fields(), level: 'info', event, sampleRate });
  // oxlint-disable-next-line no-console -- Workers Logs are what a Worker writes to its console
  console.log(line);
}

/** An error in the parts that a log can be searched by. Anything may be thrown, and none of it may break the log. */
function describeError(error: unknown, causesLeft: number): object {
  if (!(error instanceof Error)) return { name: 'thrown', message: describeThrown(error) };
  const { cause } = error;
  return {
    name: cut(error.name),
    message: cut(error.message),
    stack: cut(error.stack ?? ''),
    ...(cause === undefined || causesLeft === 0
      ? {}
      : { cause: describeError(cause, causesLeft - 1) }),
  };
}

function describeThrown(value: unknown): string {
  try {
    if (typeof value === 'object') return cut(JSON.stringify(value));
    // oxlint-disable-next-line typescript/no-base-to-string -- an object was written above
    return cut(String(value));
  } catch {
    return 'what cannot be written as text';
  }
}

function cut(text: string): string {
  return text.length > MAX_TEXT_CHARACTERS ? `${text.slice(0, MAX_TEXT_CHARACTERS)}…` : text;
}
