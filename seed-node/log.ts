/** From the most to the least talkative. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Causes of causes that are told. */
const MAX_CAUSES = 5;

/** One line an event, for the operator. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string, cause?: unknown): void;
  error(message: string, cause?: unknown): void;
}

/** Writes `level message: cause` lines of at least `level`. */
export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const logAt =
    (lineLevel: LogLevel) =>
    (message: string, cause?: unknown): void => {
      if (LOG_LEVELS.indexOf(lineLevel) < threshold) return;
      const because = cause === undefined ? '' : `: ${describeCause(cause)}`;
      const label = lineLevel === 'info' ? '' : `${lineLevel}: `;
      // Continued lines are indented: text from elsewhere cannot pass for a line of ours.
      write(`${`${label}${message}${because}`.replaceAll(/[\r\n]+/g, '\n  ')}\n`);
    };
  return { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
}

/** The messages of an error and its causes, the outermost first. */
export function describeCause(cause: unknown): string {
  const messages: string[] = [];
  let current = cause;
  while (current instanceof Error && messages.length < MAX_CAUSES) {
    messages.push(current.message);
    current = current.cause;
  }
  const isTold = current === undefined || current instanceof Error;
  if (!isTold && messages.length < MAX_CAUSES) messages.push(String(current));
  return messages.join(': ');
}
