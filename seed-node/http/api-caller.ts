import { createHash, timingSafeEqual } from 'node:crypto';
import type { Account } from '../jobs/job.ts';

/** The longest name that an account may have. */
const MAX_NAME_CHARACTERS = 64;

/** Whether a request carries the access key, in a time that tells nothing of it. */
export function hasAccessKey(authorization: string | undefined, accessKey: string): boolean {
  const offered = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(sha256(offered), sha256(accessKey));
}

/** Who asks, as the edge says it behind the access key; undefined where it says nothing sensible. */
export function parseAccount(header: (name: string) => string | undefined): Account | undefined {
  const id = header('x-evertorrent-account') ?? '';
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return undefined;
  const name = decodeName(header('x-evertorrent-account-name') ?? id);
  if (name === undefined || name === '' || name.length > MAX_NAME_CHARACTERS) return undefined;
  return { id, name, isAdmin: header('x-evertorrent-admin') === '1' };
}

function decodeName(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Digests have one length, as they must be compared whole. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
