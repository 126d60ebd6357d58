import { createDiffieHellman, type DiffieHellman, randomBytes } from 'node:crypto';
import { type KeyExchange, PUBLIC_KEY_BYTES } from '../engine/encryption-handshake.ts';

/** The 768-bit prime and the generator of Message Stream Encryption. */
const PRIME =
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd' +
  'ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563';
const GENERATOR = 2;
/** As its specification advises: longer ones make it slower, and no safer. */
const PRIVATE_KEY_BYTES = 20;

/** One for all exchanges, which take their turns with it: OpenSSL proves the prime for each, in a hundred times as long. */
let group: DiffieHellman | undefined;

/** Our half of a Diffie-Hellman exchange with new keys, or undefined where theirs is no public key. */
export function exchangeKeys(theirPublicKey: Uint8Array): KeyExchange | undefined {
  group ??= createDiffieHellman(PRIME, 'hex', GENERATOR);
  group.setPrivateKey(randomBytes(PRIVATE_KEY_BYTES));
  const publicKey = padded(group.generateKeys());
  try {
    return { publicKey, secret: padded(group.computeSecret(theirPublicKey)) };
  } catch {
    // OpenSSL takes no 0, no 1 and none that is not below the prime less one; nothing else here is a stranger's.
    return undefined;
  }
}

/** Numbers have zeros in front on the wire. */
function padded(number: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PUBLIC_KEY_BYTES);
  bytes.set(number, PUBLIC_KEY_BYTES - number.length);
  return bytes;
}
