import { concatBytes, equalBytes } from '../../shared/bytes.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { HANDSHAKE_PREFIX_BYTES, startsLikeHandshake } from '../wire/handshake.ts';
import { readUint32 } from '../wire/message-frame.ts';
import { MessageReader } from '../wire/message-reader.ts';
import type { Rc4 } from '../wire/rc4.ts';
import type { Sha1 } from './allowed-fast.ts';
import { maskSwarmKey, secretProof, type StreamCiphers, streamCiphers } from './encryption-keys.ts';

/** A Diffie-Hellman key over the 768-bit prime. */
export const PUBLIC_KEY_BYTES = 96;
/** PadA, PadB, PadC and PadD: random bytes that hide the lengths of the rest. */
export const MAX_PADDING_BYTES = 512;
/** What a dialler sends ahead: its handshake, and hardly more. */
export const MAX_INITIAL_PAYLOAD_BYTES: number = 16 * 1024;
const HASH_BYTES = 20;
/** Whoever sends text alone for so long speaks HTTP, SSH or the like: a key does so once in five million times. */
const TEXT_BYTES = 16;

/** The bits of `crypto_provide` and `crypto_select`: how the payload goes on. */
const PLAINTEXT = 0x01;
const RC4 = 0x02;
/** "VC": eight zeros, by which each side sees that the other has the keys. */
const VERIFICATION = new Uint8Array(8);
/** VC, crypto_provide, the length of PadC. */
const OFFER_BYTES: number = VERIFICATION.length + 4 + 2;
const LENGTH_BYTES = 2;

/** Our half of a key exchange. */
export interface KeyExchange {
  /** `PUBLIC_KEY_BYTES` each. */
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array;
}

/** What encrypts what we send, and decrypts what we are sent. */
export interface PayloadCiphers {
  readonly encrypt: Rc4;
  readonly decrypt: Rc4;
}

export type OpeningRefusal =
  | 'not-bittorrent'
  | 'unknown-torrent'
  | 'malformed-encryption'
  | 'too-many-encrypted';

export type HandshakeAction =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** The conversation begins with these bytes; what follows is plain, or goes through the ciphers. */
  | {
      readonly type: 'open';
      readonly bytes: Uint8Array;
      readonly ciphers: PayloadCiphers | undefined;
    }
  | { readonly type: 'drop'; readonly reason: OpeningRefusal };

export interface EncryptionHandshakeInit {
  readonly sha1: Sha1;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Asked once, before the work of a key exchange. */
  readonly mayExchangeKeys: () => boolean;
  /** Our half of an exchange with whoever has that public key; undefined where it is no key. */
  readonly exchangeKeys: (theirPublicKey: Uint8Array) => KeyExchange | undefined;
  /** The swarm with that key, `swarmKey()`, if it is served here. */
  readonly findSwarm: (swarmKey: Uint8Array) => InfoHash | undefined;
}

interface Keys {
  readonly ciphers: StreamCiphers;
  /** RC4 for the payload too, because it must be. */
  readonly isPayloadEncrypted: boolean;
}

type Stage =
  | { readonly name: 'start' }
  | { readonly name: 'proof'; readonly secret: Uint8Array; readonly proof: Uint8Array }
  | { readonly name: 'torrent'; readonly secret: Uint8Array }
  | { readonly name: 'offer'; readonly ciphers: StreamCiphers }
  | { readonly name: 'padding'; readonly keys: Keys; readonly paddingBytes: number }
  | { readonly name: 'payload'; readonly keys: Keys; readonly payloadBytes: number }
  | { readonly name: 'over' };

/**
 * How a connection begins that someone else dialled: plainly (BEP 3), or with the listener's side of Message Stream
 * Encryption, whose words stand beside ours in this file. Bytes in, actions out, no sockets and no clock.
 *
 * Invariants: a plain start is handed on as it came; at most one key exchange is computed, and nothing is sent before
 * it; the bytes that are waited for are bounded at each stage; after `open` and `drop` everything is ignored.
 */
export class EncryptionHandshake {
  readonly #init: EncryptionHandshakeInit;
  readonly #reader = new MessageReader();
  #stage: Stage = { name: 'start' };
  /** Bytes of padding before the proof that were looked through. */
  #passedBytes = 0;

  constructor(init: EncryptionHandshakeInit) {
    this.#init = init;
  }

  receive(bytes: Uint8Array): HandshakeAction[] {
    if (this.#stage.name === 'over') return [];
    this.#reader.push(bytes);
    const actions: HandshakeAction[] = [];
    for (;;) {
      const step = this.#step(this.#stage);
      if (step === undefined) return actions;
      actions.push(...step);
    }
  }

  /** What the next part of the stream leads to; undefined until it is there. */
  #step(stage: Stage): readonly HandshakeAction[] | undefined {
    switch (stage.name) {
      case 'start':
        return this.#readStart();
      case 'proof':
        return this.#seekProof(stage.secret, stage.proof);
      case 'torrent':
        return this.#readTorrent(stage.secret);
      case 'offer':
        return this.#readOffer(stage.ciphers);
      case 'padding':
        return this.#readPadding(stage.keys, stage.paddingBytes);
      case 'payload':
        return this.#readPayload(stage.keys, stage.payloadBytes);
      case 'over':
        return undefined;
    }
  }

  /** A plain handshake, or Ya. */
  #readStart(): readonly HandshakeAction[] | undefined {
    const bytes = this.#reader.peek();
    if (startsLikeHandshake(bytes)) {
      return bytes.length < HANDSHAKE_PREFIX_BYTES ? undefined : this.#open(bytes, undefined);
    }
    if (bytes.length >= TEXT_BYTES && bytes.subarray(0, TEXT_BYTES).every(isText)) {
      return this.#drop('not-bittorrent');
    }
    const theirPublicKey = this.#reader.take(PUBLIC_KEY_BYTES);
    if (theirPublicKey === undefined) return undefined;
    if (!this.#init.mayExchangeKeys()) return this.#drop('too-many-encrypted');
    const exchange = this.#init.exchangeKeys(theirPublicKey);
    if (exchange === undefined) return this.#drop('not-bittorrent');
    const { secret, publicKey } = exchange;
    this.#stage = { name: 'proof', secret, proof: secretProof(secret, this.#init.sha1) };
    return [{ type: 'send', bytes: concatBytes([publicKey, this.#padding()]) }];
  }

  /** PadA and HASH('req1', S): where the first ends is seen by the second. */
  #seekProof(secret: Uint8Array, proof: Uint8Array): readonly HandshakeAction[] | undefined {
    const bytes = this.#reader.peek();
    for (; this.#passedBytes <= MAX_PADDING_BYTES; this.#passedBytes += 1) {
      const end = this.#passedBytes + HASH_BYTES;
      if (end > bytes.length) return undefined;
      if (bytes[this.#passedBytes] !== proof[0]) continue;
      if (!equalBytes(bytes.subarray(this.#passedBytes, end), proof)) continue;
      this.#reader.take(end);
      this.#stage = { name: 'torrent', secret };
      return [];
    }
    return this.#drop('not-bittorrent');
  }

  /** HASH('req2', SKEY) XOR HASH('req3', S). */
  #readTorrent(secret: Uint8Array): readonly HandshakeAction[] | undefined {
    const masked = this.#reader.take(HASH_BYTES);
    if (masked === undefined) return undefined;
    const { sha1, findSwarm } = this.#init;
    const swarm = findSwarm(maskSwarmKey(masked, secret, sha1));
    if (swarm === undefined) return this.#drop('unknown-torrent');
    this.#stage = { name: 'offer', ciphers: streamCiphers(secret, swarm, sha1) };
    return [];
  }

  /** ENCRYPT(VC, crypto_provide, len(PadC)). */
  #readOffer(ciphers: StreamCiphers): readonly HandshakeAction[] | undefined {
    const offer = this.#takeDecrypted(OFFER_BYTES, ciphers);
    if (offer === undefined) return undefined;
    const provided = readUint32(offer, VERIFICATION.length);
    const paddingBytes = readUint16(offer, VERIFICATION.length + 4);
    const isVerified = equalBytes(offer.subarray(0, VERIFICATION.length), VERIFICATION);
    const hasMethod = (provided & (PLAINTEXT | RC4)) !== 0;
    if (!isVerified || !hasMethod || paddingBytes > MAX_PADDING_BYTES) {
      return this.#drop('malformed-encryption');
    }
    // Networks that slow BitTorrent down see its handshake: that is hidden. The payload costs the processor most.
    const keys = { ciphers, isPayloadEncrypted: (provided & PLAINTEXT) === 0 };
    this.#stage = { name: 'padding', keys, paddingBytes };
    return [];
  }

  /** ENCRYPT(PadC, len(IA)). */
  #readPadding(keys: Keys, paddingBytes: number): readonly HandshakeAction[] | undefined {
    const bytes = this.#takeDecrypted(paddingBytes + LENGTH_BYTES, keys.ciphers);
    if (bytes === undefined) return undefined;
    const payloadBytes = readUint16(bytes, paddingBytes);
    if (payloadBytes > MAX_INITIAL_PAYLOAD_BYTES) return this.#drop('malformed-encryption');
    this.#stage = { name: 'payload', keys, payloadBytes };
    return [];
  }

  /** ENCRYPT(IA); what stands behind it belongs to the conversation already. */
  #readPayload(
    { ciphers, isPayloadEncrypted }: Keys,
    payloadBytes: number,
  ): readonly HandshakeAction[] | undefined {
    const initial = this.#takeDecrypted(payloadBytes, ciphers);
    if (initial === undefined) return undefined;
    const selection = selectMethod(isPayloadEncrypted ? RC4 : PLAINTEXT);
    ciphers.ofListener.apply(selection, selection);
    const rest = this.#reader.peek();
    const following = isPayloadEncrypted ? decrypted(rest, ciphers.ofDialler) : rest;
    return [
      { type: 'send', bytes: selection },
      ...this.#open(
        concatBytes([initial, following]),
        isPayloadEncrypted
          ? { encrypt: ciphers.ofListener, decrypt: ciphers.ofDialler }
          : undefined,
      ),
    ];
  }

  #takeDecrypted(length: number, { ofDialler }: StreamCiphers): Uint8Array | undefined {
    const bytes = this.#reader.take(length);
    return bytes === undefined ? undefined : decrypted(bytes, ofDialler);
  }

  #padding(): Uint8Array {
    const { randomBytes } = this.#init;
    return randomBytes(readUint16(randomBytes(2), 0) % (MAX_PADDING_BYTES + 1));
  }

  #open(bytes: Uint8Array, ciphers: PayloadCiphers | undefined): readonly HandshakeAction[] {
    this.#stage = { name: 'over' };
    return [{ type: 'open', bytes, ciphers }];
  }

  #drop(reason: OpeningRefusal): readonly HandshakeAction[] {
    this.#stage = { name: 'over' };
    return [{ type: 'drop', reason }];
  }
}

/** VC, crypto_select, len(PadD): no PadD, since what follows has no fixed length either. */
function selectMethod(method: number): Uint8Array {
  const selection = new Uint8Array(OFFER_BYTES);
  selection[VERIFICATION.length + 3] = method;
  return selection;
}

/** In memory of its own: the bytes belong to the caller. */
function decrypted(bytes: Uint8Array, cipher: Rc4): Uint8Array {
  const plain = new Uint8Array(bytes.length);
  cipher.apply(bytes, plain);
  return plain;
}

function readUint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) * 256 + (bytes[offset + 1] ?? 0);
}

/** Printable ASCII, or the end of a line. */
function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0d || byte === 0x0a;
}
