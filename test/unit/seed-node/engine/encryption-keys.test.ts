import { describe, expect, test } from 'vitest';
import {
  maskSwarmKey,
  secretProof,
  streamCiphers,
  swarmKey,
} from '../../../../seed-node/engine/encryption-keys.ts';
import { sha1 } from '../../../../seed-node/hashing/sha1.ts';
import type { Rc4 } from '../../../../seed-node/wire/rc4.ts';
import { toHex } from '../../../../shared/bytes.ts';
import { infoHash } from '../../shared/required.ts';

const SECRET = new Uint8Array(96).fill(7);
const SWARM = infoHash('ab'.repeat(20));

function keyStream(cipher: Rc4): string {
  const bytes = new Uint8Array(16);
  cipher.apply(bytes, bytes);
  return toHex(bytes);
}

/** What is expected was computed with another language's SHA-1 and an RC4 of a few lines. */
describe('the hashes and ciphers of Message Stream Encryption', () => {
  test('secretProof() is HASH(req1, S)', () => {
    expect(toHex(secretProof(SECRET, sha1))).toBe('7168f2c5b2ea093ef2c43acc5dda692c832c7d6d');
  });

  test('swarmKey() is HASH(req2, SKEY), and hidden by HASH(req3, S)', () => {
    const key = swarmKey(SWARM, sha1);
    const masked = maskSwarmKey(key, SECRET, sha1);
    expect(toHex(key)).toBe('debcbb002ca1ef763a10a40caaeab1f00a565dbe');
    expect(toHex(masked)).toBe('8f1dcf3ade546be8db6e66d0d611873abeee63b0');
    expect(maskSwarmKey(masked, SECRET, sha1)).toEqual(key);
  });

  test('streamCiphers() leave the first 1024 bytes out', () => {
    const { ofDialler, ofListener } = streamCiphers(SECRET, SWARM, sha1);
    expect(keyStream(ofDialler)).toBe('39f3378d1f8ae73b06d10b97eb019a09');
    expect(keyStream(ofListener)).toBe('a7af01d51a730fff998966e6a103e495');
  });
});
