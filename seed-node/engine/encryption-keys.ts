import { concatBytes } from '../../shared/bytes.ts';
import { type InfoHash, infoHashBytes } from '../../shared/info-hash.ts';
import { encodeLatin1 } from '../../shared/text.ts';
import { Rc4 } from '../wire/rc4.ts';
import type { Sha1 } from './allowed-fast.ts';

/** The start of an RC4 key stream gives its key away; Message Stream Encryption leaves it out. */
const SKIPPED_BYTES = 1024;

/** The ciphers of the one who dialled, and of the one who was dialled. */
export interface StreamCiphers {
  readonly ofDialler: Rc4;
  readonly ofListener: Rc4;
}

/** What a dialler proves with that it has the shared secret: HASH('req1', S). */
export function secretProof(secret: Uint8Array, sha1: Sha1): Uint8Array {
  return hash('req1', [secret], sha1);
}

/** What a dialler names its torrent by: HASH('req2', SKEY). The key of a swarm is its info-hash. */
export function swarmKey(swarm: InfoHash, sha1: Sha1): Uint8Array {
  return hash('req2', [infoHashBytes(swarm)], sha1);
}

/** What hides that name, and shows it again: it XOR HASH('req3', S). */
export function maskSwarmKey(key: Uint8Array, secret: Uint8Array, sha1: Sha1): Uint8Array {
  const mask = hash('req3', [secret], sha1);
  return key.map((byte, index) => byte ^ (mask[index] ?? 0));
}

export function streamCiphers(secret: Uint8Array, swarm: InfoHash, sha1: Sha1): StreamCiphers {
  const parts = [secret, infoHashBytes(swarm)];
  return { ofDialler: cipher('keyA', parts, sha1), ofListener: cipher('keyB', parts, sha1) };
}

function cipher(label: string, parts: readonly Uint8Array[], sha1: Sha1): Rc4 {
  const rc4 = new Rc4(hash(label, parts, sha1));
  rc4.skip(SKIPPED_BYTES);
  return rc4;
}

function hash(label: string, parts: readonly Uint8Array[], sha1: Sha1): Uint8Array {
  return sha1(concatBytes([encodeLatin1(label), ...parts]));
}
