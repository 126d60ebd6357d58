/** From the most to the least talkative. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

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
      write(
        lineLevel === 'info' ? `${message}${because}\n` : `${lineLevel}: ${message}${because}\n`,
      );
    };
  return { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
}

/** The messages of an error and its causes, the outermost first. */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause === undefined ? '' : ` (${describeCause(cause.cause)})`;
  return `${cause.message}${inner}`;
}
