import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HashTrees } from '../../../../seed-node/engine/hash-trees.ts';
import { PeerSession } from '../../../../seed-node/engine/peer-session.ts';
import type {
  ServedTorrent,
  SessionAction,
  SessionEvent,
} from '../../../../seed-node/engine/session-events.ts';
import { sha1 } from '../../../../seed-node/hashing/sha1.ts';
import { sha256 } from '../../../../seed-node/hashing/sha256.ts';
import { concatBytes, toHex } from '../../../../shared/bytes.ts';
import { PieceLayout } from '../../../../shared/pieces.ts';
import { infoHash, ipAddress, peerId } from '../../shared/required.ts';
import { anyBlockMessage, anyGarbage, anyHandshake, anyMessage } from './any-conversation.ts';

const V1 = infoHash('ab'.repeat(20));
const V2 = infoHash('cd'.repeat(20));
const THEIR_ID = peerId('-XX0001-their0123456');
const PIECE_LENGTH = 64 * 1024;
const PIECE_COUNT = 11;
const ROOT = new Uint8Array(32).fill(9);
const TREES = new HashTrees(
  new Map([[toHex(ROOT), new Uint8Array(PIECE_COUNT * 32).fill(7)]]),
  PIECE_LENGTH,
  sha256,
);

type Session = PeerSession<ServedTorrent>;
type Action = SessionAction<ServedTorrent>;

const TORRENT: ServedTorrent = {
  infoHash: V1,
  swarms: [V1, V2],
  isPrivate: false,
  layout: new PieceLayout(PIECE_COUNT * PIECE_LENGTH - 5, PIECE_LENGTH),
  infoBytes: new Uint8Array(20_000).fill(1),
  bitfield: () => Uint8Array.of(0xff, 0xe0),
  hashCount: TREES.hashCount,
  findHashes: (request) => TREES.find(request),
};

/** A session that was called or that called, about a public or a private torrent. */
interface Setting {
  readonly isDialled: boolean;
  readonly isPrivate: boolean;
  readonly isUnchoked: boolean;
}

const anySetting: fc.Arbitrary<Setting> = fc.record({
  isDialled: fc.boolean(),
  isPrivate: fc.boolean(),
  isUnchoked: fc.boolean(),
});

function create({ isDialled, isPrivate, isUnchoked }: Setting): Session {
  const torrent = { ...TORRENT, isPrivate };
  const session = new PeerSession({
    ourPeerId: peerId('-ET0001-ours90123456'),
    sha1,
    remoteAddress: ipAddress('80.4.4.200'),
    listenPort: 6881,
    findTorrent: (hash) => (torrent.swarms.includes(hash) ? torrent : undefined),
    nowMs: 0,
    ...(isDialled ? { dialledFor: { torrent, swarm: V1 } } : {}),
  });
  session.start();
  if (isUnchoked) session.receive({ type: 'slot', isUnchoked: true }, 0);
  return session;
}

const message = anyMessage(PIECE_COUNT, ROOT);
const handshake = anyHandshake(V1, THEIR_ID);
const chunkSizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 });

/** A handshake, and what follows it. */
function conversation(part: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(handshake, fc.array(part, { maxLength: 25 }))
    .map(([first, rest]) => concatBytes([first, ...rest]));
}

function inChunks(session: Session, stream: Uint8Array, sizes: readonly number[]): Action[] {
  const actions: Action[] = [];
  let offset = 0;
  for (let i = 0; offset < stream.length; i += 1) {
    const bytes = stream.subarray(offset, offset + (sizes[i % sizes.length] ?? 1));
    actions.push(...session.receive({ type: 'bytes', bytes }, 0));
    offset += bytes.length;
  }
  return actions;
}

/** The same of a remote that reads nothing until all has been said: what a cancel finds unread depends on the split. */
function inChunksUnread(setting: Setting, stream: Uint8Array, sizes: readonly number[]): Action[] {
  const session = create(setting);
  session.receive({ type: 'writable', isWritable: false }, 0);
  const actions = inChunks(session, stream, sizes);
  return [...actions, ...session.receive({ type: 'writable', isWritable: true }, 0)];
}

describe('PeerSession, of any conversation in any of its settings', () => {
  test('any split gives the same actions: all that is answered without a read', () => {
    fc.assert(
      fc.property(anySetting, conversation(message), chunkSizes, (setting, stream, sizes) => {
        const whole = inChunks(create(setting), stream, [stream.length]);
        expect(inChunks(create(setting), stream, sizes)).toEqual(whole);
        expect(inChunks(create(setting), stream, [1])).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('any split gives the same actions and then the same reads: requests, cancels and garbage', () => {
    const part = fc.oneof(
      { weight: 3, arbitrary: anyBlockMessage },
      { weight: 1, arbitrary: message },
    );
    const soiled = fc.oneof(
      { weight: 20, arbitrary: part },
      { weight: 1, arbitrary: anyGarbage(part) },
    );
    const any = fc.oneof(conversation(part), conversation(soiled));
    fc.assert(
      fc.property(anySetting, any, chunkSizes, (setting, stream, sizes) => {
        const whole = inChunksUnread(setting, stream, [stream.length]);
        expect(inChunksUnread(setting, stream, sizes)).toEqual(whole);
        expect(inChunksUnread(setting, stream, [1])).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('any bytes, slots, ticks and blocks give actions or a drop, never a throw, and nothing after it', () => {
    const part = fc.oneof(message, anyBlockMessage);
    const anyBytes = fc.oneof(
      { weight: 6, arbitrary: part },
      { weight: 1, arbitrary: anyGarbage(part) },
      { weight: 1, arbitrary: handshake },
    );
    const anyEvent: fc.Arbitrary<SessionEvent> = fc.oneof(
      { weight: 8, arbitrary: anyBytes.map((bytes): SessionEvent => ({ type: 'bytes', bytes })) },
      fc.boolean().map((isUnchoked): SessionEvent => ({ type: 'slot', isUnchoked })),
      fc.boolean().map((isWritable): SessionEvent => ({ type: 'writable', isWritable })),
      fc.constant<SessionEvent>({ type: 'tick' }),
      fc.constant<SessionEvent>({ type: 'share-peers', peers: [] }),
    );
    const steps = fc.array(fc.tuple(anyEvent, fc.nat({ max: 40_000 })), { maxLength: 30 });
    fc.assert(
      fc.property(
        anySetting,
        fc.option(handshake, { nil: undefined }),
        steps,
        (setting, first, events) => {
          const session = create(setting);
          const hello = first ?? new Uint8Array(0);
          const types = session.receive({ type: 'bytes', bytes: hello }, 0).map(typeOf);
          let nowMs = 0;
          for (const [event, pauseMs] of events) {
            nowMs += pauseMs;
            const actions = session.receive(event, nowMs);
            types.push(...actions.map(typeOf));
            // The disk answers at once, with the block or without.
            for (const action of actions) {
              if (action.type !== 'read') continue;
              const { request } = action;
              const data = new Uint8Array(request.lengthBytes);
              const answer: SessionEvent =
                request.beginBytes === 2
                  ? { type: 'block-withheld', request }
                  : { type: 'block', request, data };
              types.push(...session.receive(answer, nowMs).map(typeOf));
            }
          }
          expect(types.slice(0, -1)).not.toContain('drop');
        },
      ),
      { numRuns: 500 },
    );
  });
});

function typeOf({ type }: Action): string {
  return type;
}
