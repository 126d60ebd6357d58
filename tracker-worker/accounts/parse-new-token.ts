import { accept, refuse, type Result } from '../../shared/result.ts';
import { decodeUtf8 } from '../../shared/text.ts';
import { OPERATOR, type Scope, SCOPES } from './scope.ts';

export const MAX_NEW_TOKEN_BYTES = 4096;
export const MAX_TOKEN_NAME_CHARACTERS = 64;

/** What is asked of a new token. */
export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Parses the body `{"name": "…", "scopes": ["publish", …]}`. */
export function parseNewToken(body: Uint8Array): Result<NewToken, 'bad-body'> {
  const value = parseJson(decodeUtf8(body) ?? '');
  if (typeof value !== 'object' || value === null) {
    return refuse('bad-body', 'the body is not a JSON object in UTF-8');
  }
  if (Object.keys(value).some((key) => key !== 'name' && key !== 'scopes')) {
    return refuse('bad-body', 'the body may have no other keys than "name" and "scopes"');
  }
  return checkNewToken(Reflect.get(value, 'name'), Reflect.get(value, 'scopes'));
}

/** The same out of a name and scopes that a form sent. */
export function checkNewToken(name: unknown, scopes: unknown): Result<NewToken, 'bad-body'> {
  if (!isName(name)) return refuse('bad-body', 'it is not a name of 1 to 64 characters', 'name');
  const known = Array.isArray(scopes) ? SCOPES.filter((scope) => scopes.includes(scope)) : [];
  if (!Array.isArray(scopes) || known.length === 0 || known.length !== scopes.length) {
    return refuse('bad-body', 'it is not a list of "publish", "seedbox" and "admin"', 'scopes');
  }
  return accept({ name, scopes: known });
}

/** Text that reads as it is written: without control and format characters, and nobody else's. */
function isName(value: unknown): value is string {
  if (typeof value !== 'string' || !value.isWellFormed() || value.trim() !== value) return false;
  const length = Array.from(value).length;
  const isLegible = !/[\p{C}\p{Zl}\p{Zp}]/u.test(value);
  return isLegible && length >= 1 && length <= MAX_TOKEN_NAME_CHARACTERS && value !== OPERATOR.name;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
