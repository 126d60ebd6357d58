import { randomBytes } from '../seeded-random.ts';
import { ClientFrame } from './client-frames.ts';
import { createSessionDescription } from './session-description.ts';

const OFFERS_PER_ANNOUNCE = 5;
/** The end of each offer id, which is another one in every announce. */
const COUNTER = '########';
const SDP_PLACE = '"@"';
const ID_PLACE = '"#"';

export interface ClientIdentity {
  readonly infoHash: string;
  readonly peerId: string;
  readonly isSeeder: boolean;
}

/** What a message of the server is to a client. `ids` are as they stand in the JSON, to be sent back as they are. */
export type ServerMessage =
  | { readonly type: 'reply' | 'answer' }
  | { readonly type: 'offer'; readonly peerId: Buffer; readonly offerId: Buffer }
  | { readonly type: 'failure'; readonly text: string };

/** The messages of one WebTorrent client, made before the load begins but for what must differ each time. */
export class SignallingTexts {
  readonly #announce: ClientFrame;
  readonly #counterOffsets: readonly number[];
  readonly #answerParts: readonly Buffer[];
  readonly #mask: Buffer;
  #announces = 0;

  constructor(identity: ClientIdentity, random: () => number) {
    const { infoHash, peerId, isSeeder } = identity;
    this.#mask = Buffer.from(randomBytes(4, random));
    const offers = Array.from({ length: OFFERS_PER_ANNOUNCE }, () => ({
      offer: createSessionDescription('offer', random),
      offer_id: binaryText(12, random) + COUNTER,
    }));
    const announce = Buffer.from(
      JSON.stringify({
        action: 'announce',
        info_hash: infoHash,
        peer_id: peerId,
        numwant: OFFERS_PER_ANNOUNCE,
        uploaded: 0,
        downloaded: 0,
        left: isSeeder ? 0 : 1_000_000,
        offers,
      }),
    );
    this.#counterOffsets = offsetsOf(announce, COUNTER);
    this.#announce = new ClientFrame(announce, this.#mask);
    const answer = JSON.stringify({
      action: 'announce',
      info_hash: infoHash,
      peer_id: peerId,
      to_peer_id: '#',
      answer: '@',
      offer_id: '#',
    }).replace(SDP_PLACE, () => JSON.stringify(createSessionDescription('answer', random)));
    this.#answerParts = answer.split(ID_PLACE).map((part) => Buffer.from(part));
  }

  /** The next announce, with offers that no announce before it made. Good until the next call. */
  announce(): Buffer {
    this.#announces += 1;
    const counter = Buffer.from(this.#announces.toString(16).padStart(COUNTER.length, '0'));
    for (const offset of this.#counterOffsets) this.#announce.patch(offset, counter);
    return this.#announce.bytes;
  }

  answerTo(offer: { readonly peerId: Buffer; readonly offerId: Buffer }): Buffer {
    const [start, middle, end] = this.#answerParts;
    if (start === undefined || middle === undefined || end === undefined) {
      throw new Error('an answer has three parts around two ids');
    }
    const payload = Buffer.concat([start, offer.peerId, middle, offer.offerId, end]);
    return new ClientFrame(payload, this.#mask).bytes;
  }
}

/** Reads no more of a message than a client of the bench must know: parsing all of it would cost as the server does. */
export function readServerMessage(payload: Buffer): ServerMessage {
  if (payload.includes('"offer":')) {
    return {
      type: 'offer',
      peerId: quotedAfter(payload, '"peer_id":'),
      offerId: quotedAfter(payload, '"offer_id":'),
    };
  }
  if (payload.includes('"answer":')) return { type: 'answer' };
  if (payload.includes('"interval":') && !payload.includes('"failure reason"')) {
    return { type: 'reply' };
  }
  return { type: 'failure', text: payload.toString('utf8', 0, 300) };
}

/** 20-byte ids are texts of characters up to U+00FF. */
function binaryText(length: number, random: () => number): string {
  return Buffer.from(randomBytes(length, random)).toString('latin1');
}

/** A JSON string with its quotes. */
function quotedAfter(payload: Buffer, key: string): Buffer {
  const keyAt = payload.indexOf(key);
  if (keyAt === -1) throw new Error(`A message without ${key}`);
  const start = keyAt + key.length;
  for (let at = start + 1; at < payload.length; at += 1) {
    if (payload[at] === 0x5c) at += 1;
    else if (payload[at] === 0x22) return payload.subarray(start, at + 1);
  }
  throw new Error('A text without an end');
}

function offsetsOf(bytes: Buffer, text: string): number[] {
  const offsets: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) offsets.push(at);
  return offsets;
}
