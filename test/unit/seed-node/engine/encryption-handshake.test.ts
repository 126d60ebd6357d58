import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EncryptionHandshake,
  type EncryptionHandshakeInit,
  type HandshakeAction,
  MAX_INITIAL_PAYLOAD_BYTES,
  MAX_PADDING_BYTES,
  PUBLIC_KEY_BYTES,
} from '../../../../seed-node/engine/encryption-handshake.ts';
import { secretProof, swarmKey } from '../../../../seed-node/engine/encryption-keys.ts';
import { sha1 } from '../../../../seed-node/hashing/sha1.ts';
import { concatBytes, equalBytes } from '../../../../shared/bytes.ts';
import { encodeLatin1 } from '../../../../shared/text.ts';
import { diallerProof, PLAINTEXT, RC4, type Wishes } from '../../../support/encryption-dialler.ts';
import { infoHash } from '../../shared/required.ts';

const SWARM = infoHash('ab'.repeat(20));
const SECRET = new Uint8Array(PUBLIC_KEY_BYTES).fill(7);
const OUR_KEY = new Uint8Array(PUBLIC_KEY_BYTES).fill(9);
const THEIR_KEY = new Uint8Array(PUBLIC_KEY_BYTES).fill(0x13);
const HELLO = encodeLatin1(`\x13BitTorrent protocol${'\0'.repeat(48)}`);
const FOLLOWING = encodeLatin1('and so on');

function createHandshake(given: Partial<EncryptionHandshakeInit> = {}): EncryptionHandshake {
  return new EncryptionHandshake({
    sha1,
    // As long as can be: 512 is 0 modulo 513 plus 512.
    randomBytes: (length) => Uint8Array.of(2, 0, ...new Uint8Array(length)).subarray(0, length),
    mayExchangeKeys: () => true,
    exchangeKeys: () => ({ publicKey: OUR_KEY, secret: SECRET }),
    findSwarm: (key) => (equalBytes(key, swarmKey(SWARM, sha1)) ? SWARM : undefined),
    ...given,
  });
}

/** All that a dialler says up to the conversation, and the start of that. */
function diallerStream(wishes: Partial<Wishes> = {}, paddingABytes = 0): Uint8Array {
  const { bytes, ciphers } = diallerProof(SECRET, { swarm: SWARM, provides: RC4, ...wishes });
  const following = Uint8Array.from(FOLLOWING);
  const isPlain = ((wishes.provides ?? RC4) & PLAINTEXT) !== 0;
  if (!isPlain) ciphers.ofDialler.apply(following, following);
  return concatBytes([THEIR_KEY, new Uint8Array(paddingABytes), bytes, following]);
}

/** What came of a handshake: what was sent, what the conversation begins with, how it goes on, or why not. */
interface Outcome {
  readonly sent: Uint8Array;
  readonly opened: Uint8Array | undefined;
  readonly isEncrypted: boolean;
  readonly dropped: string | undefined;
}

/** Feeds the stream in parts that end at these offsets. What comes after the opening is decrypted as a transport would. */
function feed(
  handshake: EncryptionHandshake,
  stream: Uint8Array,
  cuts: readonly number[] = [],
): Outcome {
  const sent: Uint8Array[] = [];
  const opened: Uint8Array[] = [];
  let opening: Extract<HandshakeAction, { type: 'open' }> | undefined;
  let dropped: string | undefined;
  const ends = [...cuts.filter((cut) => cut <= stream.length), stream.length];
  let start = 0;
  for (const end of ends.toSorted((a, b) => a - b)) {
    const part = stream.slice(start, end);
    start = end;
    if (opening !== undefined) {
      opening.ciphers?.decrypt.apply(part, part);
      opened.push(part);
    }
    for (const action of handshake.receive(part)) {
      if (action.type === 'send') sent.push(action.bytes);
      else if (action.type === 'drop') dropped = action.reason;
      else {
        opening = action;
        opened.push(action.bytes);
      }
    }
  }
  return {
    sent: concatBytes(sent),
    opened: opening === undefined ? undefined : concatBytes(opened),
    isEncrypted: opening?.ciphers !== undefined,
    dropped,
  };
}

describe('EncryptionHandshake', () => {
  test('hands a plain start on as it came, and says nothing', () => {
    const handshake = createHandshake();
    expect(handshake.receive(HELLO.subarray(0, 19))).toEqual([]);
    expect(handshake.receive(HELLO.subarray(19, 30))).toEqual([
      { type: 'open', bytes: HELLO.subarray(0, 30), ciphers: undefined },
    ]);
    expect(handshake.receive(HELLO)).toEqual([]);
  });

  test('a plain start in one part is handed on without a copy', () => {
    const [action] = createHandshake().receive(HELLO);
    expect(action?.type === 'open' && action.bytes.buffer === HELLO.buffer).toBe(true);
  });

  test.each([
    ['RC4 where nothing else is offered', RC4, true],
    ['plaintext where nothing else is offered', PLAINTEXT, false],
    ['plaintext where both are offered', PLAINTEXT | RC4, false],
    ['RC4 beside what is not known', RC4 | 0x80, true],
  ])('chooses %s', (_case, provides, isEncrypted) => {
    const outcome = feed(createHandshake(), diallerStream({ provides, initialPayload: HELLO }));

    expect(outcome.dropped).toBeUndefined();
    expect(outcome.opened).toEqual(concatBytes([HELLO, FOLLOWING]));
    expect(outcome.isEncrypted).toBe(isEncrypted);
    const answer = outcome.sent.slice(PUBLIC_KEY_BYTES + MAX_PADDING_BYTES);
    diallerProof(SECRET, { swarm: SWARM, provides }).ciphers.ofListener.apply(answer, answer);
    const selected = isEncrypted ? RC4 : PLAINTEXT;
    expect([...answer]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, selected, 0, 0]);
  });

  test('answers a key with ours and padding before it knows the torrent', () => {
    const [sent, ...others] = createHandshake().receive(THEIR_KEY);
    expect(sent).toEqual({
      type: 'send',
      bytes: concatBytes([OUR_KEY, Uint8Array.of(2, 0), new Uint8Array(MAX_PADDING_BYTES - 2)]),
    });
    expect(others).toEqual([]);
  });

  test.each([
    ['the longest PadA', {}, MAX_PADDING_BYTES],
    ['the longest PadC', { paddingBytes: MAX_PADDING_BYTES }, 0],
    ['the longest IA', { initialPayload: new Uint8Array(MAX_INITIAL_PAYLOAD_BYTES) }, 0],
    ['no IA', {}, 0],
  ])('takes %s', (_case, wishes, paddingABytes) => {
    const outcome = feed(createHandshake(), diallerStream(wishes, paddingABytes));
    expect(outcome).toMatchObject({ dropped: undefined, isEncrypted: true });
    expect(outcome.opened?.subarray(-FOLLOWING.length)).toEqual(FOLLOWING);
  });

  test('finds the proof in padding that looks like it', () => {
    const proof = secretProof(SECRET, sha1);
    const padding = concatBytes([proof.subarray(0, 19), proof.subarray(0, 1)]);
    const { bytes } = diallerProof(SECRET, { swarm: SWARM, provides: RC4 });
    const stream = concatBytes([THEIR_KEY, padding, bytes]);
    expect(feed(createHandshake(), stream).opened).toEqual(new Uint8Array(0));
  });

  test.each<[string, string, Uint8Array, Partial<EncryptionHandshakeInit>]>([
    ['text of another protocol', 'not-bittorrent', encodeLatin1('GET / HTTP/1.1\r\n'), {}],
    ['what is no key', 'not-bittorrent', THEIR_KEY, { exchangeKeys: () => undefined }],
    [
      'one key exchange too many',
      'too-many-encrypted',
      THEIR_KEY,
      {
        mayExchangeKeys: () => false,
        exchangeKeys: () => {
          throw new Error('it is not computed');
        },
      },
    ],
    ['a PadA one byte too long', 'not-bittorrent', diallerStream({}, MAX_PADDING_BYTES + 1), {}],
    [
      'no proof within the longest PadA',
      'not-bittorrent',
      concatBytes([THEIR_KEY, new Uint8Array(MAX_PADDING_BYTES + 20)]),
      {},
    ],
    [
      'a swarm that is not served',
      'unknown-torrent',
      diallerStream({ swarm: infoHash('00'.repeat(20)) }),
      {},
    ],
    [
      'a VC that is not zero',
      'malformed-encryption',
      diallerStream({ verification: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1) }),
      {},
    ],
    ['no method', 'malformed-encryption', diallerStream({ provides: 0 }), {}],
    ['no method that is known', 'malformed-encryption', diallerStream({ provides: 0xfc }), {}],
    [
      'a PadC one byte too long',
      'malformed-encryption',
      diallerStream({ statedPaddingBytes: MAX_PADDING_BYTES + 1 }),
      {},
    ],
    [
      'an IA one byte too long',
      'malformed-encryption',
      diallerStream({ statedPayloadBytes: MAX_INITIAL_PAYLOAD_BYTES + 1 }),
      {},
    ],
  ])('drops %s', (_case, reason, stream, given) => {
    const handshake = createHandshake(given);
    const outcome = feed(handshake, stream);
    expect(outcome).toMatchObject({ dropped: reason, opened: undefined });
    expect(handshake.receive(HELLO)).toEqual([]);
  });

  test('waits a byte short of text, of a key and of the end of the longest PadA', () => {
    expect(feed(createHandshake(), encodeLatin1('GET / HTTP/1.1\r')).dropped).toBeUndefined();
    expect(feed(createHandshake(), THEIR_KEY.subarray(1)).sent).toHaveLength(0);
    const padding = new Uint8Array(MAX_PADDING_BYTES + 19);
    const stream = concatBytes([THEIR_KEY, padding]);
    expect(feed(createHandshake(), stream)).toMatchObject({ dropped: undefined });
  });

  test('any split of the stream comes to the same', () => {
    const cases = fc.record({
      provides: fc.constantFrom(PLAINTEXT, RC4, PLAINTEXT | RC4),
      paddingBytes: fc.nat(MAX_PADDING_BYTES),
      initialPayload: fc.uint8Array({ maxLength: 200 }),
    });
    const cuts = fc.array(fc.nat(1_500), { maxLength: 30 });
    fc.assert(
      fc.property(cases, fc.nat(MAX_PADDING_BYTES), cuts, (wishes, paddingABytes, ends) => {
        const stream = diallerStream(wishes, paddingABytes);
        const whole = feed(createHandshake(), stream);
        expect(whole.opened).toEqual(concatBytes([wishes.initialPayload, FOLLOWING]));
        expect(feed(createHandshake(), stream, ends)).toEqual(whole);
      }),
    );
  });

  test('byte by byte comes to the same', () => {
    const stream = diallerStream({ initialPayload: HELLO, paddingBytes: 3 }, MAX_PADDING_BYTES);
    const everyByte = Array.from(stream, (_, index) => index);
    const whole = feed(createHandshake(), stream);
    expect(feed(createHandshake(), stream, everyByte)).toEqual(whole);
  });

  test('any bytes are waited for or dropped, at every stage', () => {
    const { bytes } = diallerProof(SECRET, { swarm: SWARM, provides: RC4 });
    const starts = [new Uint8Array(0), THEIR_KEY, concatBytes([THEIR_KEY, bytes.subarray(0, 20)])];
    const known = concatBytes([THEIR_KEY, bytes.subarray(0, 40)]);
    fc.assert(
      fc.property(
        fc.constantFrom(...starts, known),
        fc.uint8Array({ maxLength: 800 }),
        fc.array(fc.nat(900), { maxLength: 5 }),
        (start, garbage, cuts) => {
          const outcome = feed(createHandshake(), concatBytes([start, garbage]), cuts);
          expect(outcome.opened).toBeUndefined();
        },
      ),
    );
  });
});
