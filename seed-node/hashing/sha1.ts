import { hash } from 'node:crypto';

/** SHA-1 of some bytes, in one call. */
export function sha1(bytes: Uint8Array): Uint8Array {
  return hash('sha1', bytes, 'buffer');
}
