import { hash } from 'node:crypto';

/** SHA-256 of some bytes, in one call. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}
