/** Why untrusted input was turned down: a closed code, a static reason fit for a remote, and where in the input. */
export interface Refusal<Code extends string = string> {
  readonly code: Code;
  /** Static text: safe to send to a remote and to use as a metric label. */
  readonly reason: string;
  /** The key path or position at fault, such as `info.files[3].path`. */
  readonly at?: string;
}

/** What a parser returns: the proven value, or the refusal to tell the sender. */
export type Result<T, Code extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal<Code> };

export function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function refuse<Code extends string>(
  code: Code,
  reason: string,
  at?: string,
): { readonly ok: false; readonly refusal: Refusal<Code> } {
  return { ok: false, refusal: at === undefined ? { code, reason } : { code, reason, at } };
}

/** One line for a person: `reason (at key)`. */
export function describeRefusal(refusal: Refusal): string {
  return refusal.at === undefined ? refusal.reason : `${refusal.reason} (at ${refusal.at})`;
}

/**
 * Whether a parser may go on past a defect. Strict parsing never may; lenient parsing notes it and goes on where a
 * sensible value is left.
 */
export type Tolerance = (defect: Refusal) => boolean;

export const STRICT: Tolerance = () => false;
