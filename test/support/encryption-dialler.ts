import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  maskSwarmKey,
  secretProof,
  type StreamCiphers,
  streamCiphers,
  swarmKey,
} from '../../seed-node/engine/encryption-keys.ts';
import { sha1 } from '../../seed-node/hashing/sha1.ts';
import { EncryptedStream } from '../../seed-node/transport/encrypted-stream.ts';
import { concatBytes, fromHex, toHex } from '../../shared/bytes.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { invariant } from '../../shared/invariant.ts';
import { waitUntil } from './wait-until.ts';

export const PLAINTEXT = 0x01;
export const RC4 = 0x02;

const KEY_BYTES = 96;
export const PRIME: bigint = BigInt(
  '0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563',
);

export interface Wishes {
  readonly swarm: InfoHash;
  /** `crypto_provide`. */
  readonly provides: number;
  readonly paddingBytes?: number;
  /** Where it is to lie about that length. */
  readonly statedPaddingBytes?: number;
  readonly initialPayload?: Uint8Array;
  readonly statedPayloadBytes?: number;
  readonly verification?: Uint8Array;
}

/** What a dialler says once it has the secret, step 3, and the ciphers behind it. */
export function diallerProof(
  secret: Uint8Array,
  { swarm, provides, ...wishes }: Wishes,
): { readonly bytes: Uint8Array; readonly ciphers: StreamCiphers } {
  const padding = new Uint8Array(wishes.paddingBytes ?? 0);
  const payload = wishes.initialPayload ?? new Uint8Array(0);
  const ciphers = streamCiphers(secret, swarm, sha1);
  const encrypted = concatBytes([
    wishes.verification ?? new Uint8Array(8),
    bigEndian(provides, 4),
    bigEndian(wishes.statedPaddingBytes ?? padding.length, 2),
    padding,
    bigEndian(wishes.statedPayloadBytes ?? payload.length, 2),
    payload,
  ]);
  ciphers.ofDialler.apply(encrypted, encrypted);
  const key = maskSwarmKey(swarmKey(swarm, sha1), secret, sha1);
  return { bytes: concatBytes([secretProof(secret, sha1), key, encrypted]), ciphers };
}

/** A Diffie-Hellman exchange by arithmetic, beside the one of OpenSSL. */
export class DiallerKeys {
  readonly #exponent = BigInt(`0x${toHex(randomBytes(20))}`);
  readonly publicKey = toKey(power(2n, this.#exponent));

  secretWith(theirPublicKey: Uint8Array): Uint8Array {
    return toKey(power(BigInt(`0x${toHex(theirPublicKey)}`), this.#exponent));
  }
}

/** Dials as one who speaks Message Stream Encryption; the stream is that of the conversation. */
export async function dialEncrypted(
  port: number,
  wishes: Wishes,
): Promise<{ readonly stream: Duplex; readonly selected: number }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const received = collect(socket);
  const keys = new DiallerKeys();
  socket.write(concatBytes([keys.publicKey, randomBytes(wishes.paddingBytes ?? 0)]));
  await waitUntil('their key', () => (received().length >= KEY_BYTES ? true : undefined));
  const secret = keys.secretWith(received().subarray(0, KEY_BYTES));
  const { bytes, ciphers } = diallerProof(secret, wishes);
  socket.write(bytes);

  const verification = new Uint8Array(8);
  ciphers.ofListener.apply(verification, verification);
  const start = await waitUntil('their choice', () => {
    invariant(!socket.closed, 'the listener goes on');
    const at = Buffer.from(received()).indexOf(verification, KEY_BYTES);
    return at === -1 || received().length < at + 14 ? undefined : at + 8;
  });
  const choice = received().slice(start, start + 6);
  ciphers.ofListener.apply(choice, choice);
  const selected = choice[3] ?? 0;
  invariant(choice[4] === 0 && choice[5] === 0, 'this dialler knows no PadD');

  socket.pause();
  socket.removeAllListeners('data');
  const rest = received().slice(start + 6);
  if (selected === PLAINTEXT) {
    socket.unshift(rest);
    return { stream: socket, selected };
  }
  const stream = new EncryptedStream(socket, {
    encrypt: ciphers.ofDialler,
    decrypt: ciphers.ofListener,
  });
  ciphers.ofListener.apply(rest, rest);
  stream.push(rest);
  return { stream, selected };
}

function collect(socket: Socket): () => Uint8Array {
  let received = new Uint8Array(0);
  socket.on('data', (bytes) => {
    received = concatBytes([received, Buffer.from(bytes)]);
  });
  socket.on('error', () => {});
  return () => received;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

/** A number as the wire carries it. */
export function toKey(number: bigint): Uint8Array {
  const bytes = fromHex(number.toString(16).padStart(KEY_BYTES * 2, '0'));
  invariant(bytes !== undefined, 'a number below the prime has so many digits');
  return bytes;
}

function bigEndian(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => value >>> (8 * (length - 1 - index)));
}
