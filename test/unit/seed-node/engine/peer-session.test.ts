import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HANDSHAKE_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  MAX_QUEUED_REQUESTS,
  MAX_REJECTS_IN_A_ROW,
  MAX_REQUEST_BYTES,
  MAX_WASTED_TURNS,
  NOT_READING_TIMEOUT_MS,
  NOT_REQUESTING_TIMEOUT_MS,
  PeerSession,
  READ_AHEAD_REQUESTS,
  SILENCE_TIMEOUT_MS,
  UNINTERESTED_TIMEOUT_MS,
} from '../../../../seed-node/engine/peer-session.ts';
import { ALLOWED_MESSAGES, ALLOWED_PER_SECOND } from '../../../../seed-node/engine/allowance.ts';
import { MAX_METADATA_ROUNDS } from '../../../../seed-node/engine/extended-messages.ts';
import type {
  DropReason,
  ServedTorrent,
  SessionAction,
  SessionEvent,
  ValidBlockRequest,
} from '../../../../seed-node/engine/session-events.ts';
import { sha1 } from '../../../../seed-node/hashing/sha1.ts';
import { METADATA_PIECE_BYTES } from '../../../../seed-node/wire/extension.ts';
import { encodeHandshake, HANDSHAKE_BYTES } from '../../../../seed-node/wire/handshake.ts';
import { concatBytes, toHex } from '../../../../shared/bytes.ts';
import { encodeBencode } from '../../../../shared/bencode.ts';
import { formatEndpoint } from '../../../../shared/endpoint.ts';
import type { InfoHash } from '../../../../shared/info-hash.ts';
import { PieceLayout } from '../../../../shared/pieces.ts';
import { encodeLatin1 } from '../../../../shared/text.ts';
import { infoHash, peerId, required } from '../../shared/required.ts';

const PIECE_LENGTH = 256 * 1024;
const PIECE_COUNT = 10;
const LAST_PIECE_LENGTH = 1000;
const LAYOUT = new PieceLayout((PIECE_COUNT - 1) * PIECE_LENGTH + LAST_PIECE_LENGTH, PIECE_LENGTH);

const TORRENT: ServedTorrent = {
  infoHash: infoHash('ab'.repeat(20)),
  swarms: [infoHash('ab'.repeat(20))],
  isPrivate: false,
  hashCount: 0,
  findHashes: () => undefined,
  layout: LAYOUT,
  infoBytes: Uint8Array.from({ length: 20_000 }, (_, index) => index % 251),
  bitfield: () => Uint8Array.of(0xff, 0x80),
};
/** As often as a remote may ask for a piece of the metadata. */
const METADATA_REQUESTS =
  MAX_METADATA_ROUNDS * Math.ceil(TORRENT.infoBytes.length / METADATA_PIECE_BYTES);
const WITHHELD: ValidBlockRequest = {
  pieceIndex: required(LAYOUT.pieceIndex(0)),
  beginBytes: 0,
  lengthBytes: 1,
};
const OTHER_HASH = infoHash('cd'.repeat(20));
const OUR_ID = peerId('-ET0001-ours90123456');
const THEIR_ID = peerId('-XX0001-their0123456');

type Session = PeerSession<ServedTorrent>;
type Action = SessionAction<ServedTorrent>;

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function message(id: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const payload = concatBytes([Uint8Array.of(id), ...parts]);
  return concatBytes([uint32(payload.length), payload]);
}

function request(pieceIndex: number, beginBytes: number, lengthBytes: number): Uint8Array {
  return message(6, uint32(pieceIndex), uint32(beginBytes), uint32(lengthBytes));
}

function cancel(pieceIndex: number, beginBytes: number, lengthBytes: number): Uint8Array {
  return message(8, uint32(pieceIndex), uint32(beginBytes), uint32(lengthBytes));
}

const INTERESTED = message(2);
const NOT_INTERESTED = message(3);
const KEEP_ALIVE = new Uint8Array(4);
const THEIR_EXTENSIONS = message(20, Uint8Array.of(0), encodeBencode({ m: { ut_metadata: 3 } }));

function extendedMessage(extendedId: number): Uint8Array {
  return message(20, Uint8Array.of(extendedId, 1));
}

function metadataRequest(piece: number): Uint8Array {
  return message(20, Uint8Array.of(1), encodeBencode({ msg_type: 0, piece }));
}

function handshakeOf(
  torrentHash: InfoHash,
  id = THEIR_ID,
  hasExtensions = false,
  isFast = false,
): Uint8Array {
  return encodeHandshake({
    infoHash: torrentHash,
    peerId: id,
    hasExtensions,
    isFast,
    hasV2: false,
  });
}

function listening(): Session {
  return new PeerSession({
    ourPeerId: OUR_ID,
    sha1,
    findTorrent: (hash) => (hash === TORRENT.infoHash ? TORRENT : undefined),
    nowMs: 0,
  });
}

function dialling(): Session {
  return new PeerSession({
    ourPeerId: OUR_ID,
    sha1,
    findTorrent: () => undefined,
    dialledFor: { torrent: TORRENT, swarm: TORRENT.infoHash },
    nowMs: 0,
  });
}

/** A session whose remote has said its handshake at time 0. */
function opened(hasExtensions = false): Session {
  const session = listening();
  receiveBytes(session, handshakeOf(TORRENT.infoHash, THEIR_ID, hasExtensions));
  return session;
}

/** A session whose remote is interested, and choked. */
function interested(): Session {
  const session = opened();
  receiveBytes(session, INTERESTED);
  return session;
}

/** A session whose remote is interested and has a slot. */
function unchoked(): Session {
  const session = interested();
  session.receive({ type: 'slot', isUnchoked: true }, 0);
  return session;
}

function receiveBytes(session: Session, ...parts: readonly Uint8Array[]): Action[] {
  return session.receive({ type: 'bytes', bytes: concatBytes(parts) }, 0);
}

type BlockEvent = Extract<SessionEvent, { readonly type: 'block' }>;

/** The block of one request: one byte, which says where it stood. */
function blockOf(blockRequest: ValidBlockRequest): BlockEvent {
  return { type: 'block', request: blockRequest, data: Uint8Array.of(blockRequest.beginBytes) };
}

/** A block for each read among `actions`, of the very request that was to be read. */
function blocksOf(actions: readonly Action[]): BlockEvent[] {
  return actions.flatMap((action) => (action.type === 'read' ? [blockOf(action.request)] : []));
}

/** Asks for one byte of piece 0 at each of `begins`; the blocks for what is read at once. */
function ask(session: Session, ...begins: readonly number[]): BlockEvent[] {
  return blocksOf(receiveBytes(session, ...begins.map((begin) => request(0, begin, 1))));
}

/** What comes of the blocks, one after another. */
function hand(session: Session, blocks: readonly BlockEvent[]): string[] {
  return blocks.flatMap((block) => summary(session.receive(block, 0)));
}

/** A session whose remote has asked for one byte, and the block that answers it. */
function reading(): { session: Session; block: BlockEvent } {
  const session = unchoked();
  return { session, block: required(ask(session, 0).at(0)) };
}

/** Each action in one line. */
function summary(actions: readonly Action[]): string[] {
  return actions.map((action) => {
    switch (action.type) {
      case 'send':
        return `send ${toHex(action.bytes)}`;
      case 'send-block':
        return `send-block ${action.request.pieceIndex}:${action.request.beginBytes} ${toHex(action.block)}`;
      case 'opened':
        return `opened ${action.torrent.infoHash} by ${action.remotePeerId}`;
      case 'interest':
        return `interest ${action.isInterested}`;
      case 'read':
        return `read ${action.request.pieceIndex}:${action.request.beginBytes}+${action.request.lengthBytes}`;
      case 'prepare':
        return `prepare ${action.request.pieceIndex}:${action.request.beginBytes}`;
      case 'listens':
        return `listens ${action.port}`;
      case 'peers-named':
        return `peers-named ${action.endpoints.map(formatEndpoint).join(' ')}`;
      case 'drop':
        return `drop ${action.reason}`;
    }
  });
}

const OPENED = `opened ${TORRENT.infoHash} by ${THEIR_ID}`;
const OUR_HANDSHAKE = `send ${toHex(
  encodeHandshake({
    infoHash: TORRENT.infoHash,
    peerId: OUR_ID,
    hasExtensions: true,
    isFast: true,
    hasV2: false,
  }),
)}`;
const OUR_EXTENSIONS = `send ${toHex(
  message(
    20,
    Uint8Array.of(0),
    encodeLatin1(
      'd1:md11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei20000e4:reqqi2000e11:upload_onlyi1e1:v15:Evertorrent 0.1e',
    ),
  ),
)}`;
const OUR_BITFIELD = `send 0000000305ff80`;
const UNCHOKED = 'send 0000000101';
const CHOKED = 'send 0000000100';

describe('PeerSession of a remote that called', () => {
  test('says nothing before the remote’s handshake is whole', () => {
    const session = listening();
    expect(session.start()).toEqual([]);
    const handshake = handshakeOf(TORRENT.infoHash);
    expect(receiveBytes(session, handshake.subarray(0, HANDSHAKE_BYTES - 1))).toEqual([]);
    expect(summary(receiveBytes(session, handshake.subarray(HANDSHAKE_BYTES - 1)))).toEqual([
      OPENED,
      OUR_HANDSHAKE,
      OUR_BITFIELD,
    ]);
  });

  test('tells its extensions to a remote that has them, before the bitfield', () => {
    const actions = receiveBytes(listening(), handshakeOf(TORRENT.infoHash, THEIR_ID, true));
    expect(summary(actions)).toEqual([OPENED, OUR_HANDSHAKE, OUR_EXTENSIONS, OUR_BITFIELD]);
  });

  test('serves from handshake to block', () => {
    const session = opened();
    expect(summary(receiveBytes(session, INTERESTED))).toEqual(['interest true']);
    expect(summary(session.receive({ type: 'slot', isUnchoked: true }, 0))).toEqual([UNCHOKED]);
    const reads = receiveBytes(session, request(1, 16_384, 3));
    expect(summary(reads)).toEqual(['read 1:16384+3']);
    const block = { ...required(blocksOf(reads).at(0)), data: Uint8Array.of(7, 8, 9) };
    expect(summary(session.receive(block, 0))).toEqual(['send-block 1:16384 070809']);
  });

  test('takes a handshake and messages in one chunk', () => {
    const actions = receiveBytes(listening(), handshakeOf(TORRENT.infoHash), INTERESTED);
    expect(summary(actions)).toEqual([OPENED, OUR_HANDSHAKE, OUR_BITFIELD, 'interest true']);
  });

  test.each([
    ['keep-alive', KEEP_ALIVE],
    ['choke', message(0)],
    ['unchoke', message(1)],
    ['have', message(4, uint32(3))],
    ['have of a piece that is not there', message(4, uint32(2 ** 32 - 1))],
    ['a piece that nobody asked for', message(7, uint32(0), uint32(0), Uint8Array.of(1))],
    ['a DHT port', message(9, Uint8Array.of(1, 2))],
    ['an id that nobody defined', message(255, new Uint8Array(100))],
    ['a bitfield with a piece missing', message(5, Uint8Array.of(0xff, 0x00))],
    ['an empty bitfield', message(5)],
    ['an extended message that it did not offer', message(20, Uint8Array.of(77, 1))],
    ['an extended handshake that is garbage', message(20, Uint8Array.of(0, 1, 2))],
  ])('has no answer to %s', (_name, bytes) => {
    expect(receiveBytes(opened(), bytes)).toEqual([]);
  });

  test('reports when interest goes', () => {
    const session = opened();
    expect(summary(receiveBytes(session, INTERESTED, NOT_INTERESTED))).toEqual([
      'interest true',
      'interest false',
    ]);
  });
});

/** A session whose remote has the fast extension (BEP 6) and is interested. */
function fast(): Session {
  const session = listening();
  receiveBytes(session, handshakeOf(TORRENT.infoHash, THEIR_ID, false, true), INTERESTED);
  return session;
}

function fastUnchoked(): Session {
  const session = fast();
  session.receive({ type: 'slot', isUnchoked: true }, 0);
  return session;
}

function rejectOf(begin: number): string {
  return `send ${toHex(message(16, uint32(0), uint32(begin), uint32(1)))}`;
}

describe('PeerSession of a remote with the fast extension', () => {
  test('is told that all pieces are here in one byte, and which are where some are not', () => {
    const hello = handshakeOf(TORRENT.infoHash, THEIR_ID, false, true);
    const serving = (bits: Uint8Array): Session =>
      new PeerSession({
        ourPeerId: OUR_ID,
        sha1,
        findTorrent: () => ({ ...TORRENT, bitfield: () => bits }),
        nowMs: 0,
      });
    const whole = serving(Uint8Array.of(0xff, 0xc0));
    expect(summary(receiveBytes(whole, hello)).at(-1)).toBe(`send ${toHex(message(14))}`);
    const partial = serving(Uint8Array.of(0xfe, 0xc0));
    expect(summary(receiveBytes(partial, hello)).at(-1)).toBe('send 0000000305fec0');
  });

  test('has what it asks for while choked rejected', () => {
    expect(summary(receiveBytes(fast(), request(0, 7, 1)))).toEqual([rejectOf(7)]);
  });

  test('has what a choke voids rejected, after the choke: what waits and what is being read', () => {
    const session = fastUnchoked();
    const blocks = ask(session, 0, 1, 2, 3, 4);
    expect(summary(session.receive({ type: 'slot', isUnchoked: false }, 0))).toEqual([
      CHOKED,
      ...[0, 1, 2, 3, 4].map(rejectOf),
    ]);
    expect(hand(session, blocks)).toEqual([]);
  });

  test('has what it cancels rejected, unless it is being read: that is answered', () => {
    const session = fastUnchoked();
    const blocks = ask(session, 0, 1, 2, 3, 4);
    expect(summary(receiveBytes(session, cancel(0, 4, 1)))).toEqual([rejectOf(4)]);
    expect(receiveBytes(session, cancel(0, 0, 1))).toEqual([]);
    expect(hand(session, blocks)).toHaveLength(4);
  });

  test('has a withheld block rejected, and goes on', () => {
    const session = fastUnchoked();
    const [block] = ask(session, 0, 1, 2, 3, 4);
    const { request: withheld } = required(block);
    expect(summary(session.receive({ type: 'block-withheld', request: withheld }, 0))).toEqual([
      rejectOf(0),
      'read 0:4+1',
    ]);
  });

  test('is dropped when it asks on and on while choked', () => {
    const session = fast();
    const requests = Array.from({ length: MAX_REJECTS_IN_A_ROW }, () => request(0, 0, 1));
    expect(summary(receiveBytes(session, ...requests))).not.toContain('drop too-many-requests');
    expect(summary(receiveBytes(session, request(0, 0, 1)))).toEqual(['drop too-many-requests']);
  });

  test('is dropped when it says that it has everything', () => {
    expect(summary(receiveBytes(fast(), message(14)))).toEqual(['drop also-a-seed']);
    expect(receiveBytes(fast(), message(15))).toEqual([]);
  });

  test.each([14, 15])('is dropped when it says %i without having agreed to it', (id) => {
    expect(summary(receiveBytes(opened(), message(id)))).toEqual(['drop malformed-message']);
  });
});

describe('PeerSession that dialled', () => {
  test('speaks first, and does not say its handshake twice', () => {
    const session = dialling();
    expect(summary(session.start())).toEqual([OUR_HANDSHAKE]);
    expect(summary(receiveBytes(session, handshakeOf(TORRENT.infoHash)))).toEqual([
      OPENED,
      OUR_BITFIELD,
    ]);
  });

  test('serves the torrent that it dialled for though it is not looked up', () => {
    const session = dialling();
    session.start();
    receiveBytes(session, handshakeOf(TORRENT.infoHash), INTERESTED);
    session.receive({ type: 'slot', isUnchoked: true }, 0);
    expect(summary(receiveBytes(session, request(0, 0, 1)))).toEqual(['read 0:0+1']);
  });
});

/** How each reason to drop comes about, told by the actions of the last event. */
const DROPS: Readonly<Record<DropReason, readonly (readonly [name: string, () => Action[]])[]>> = {
  'not-bittorrent': [
    ['HTTP', () => receiveBytes(listening(), encodeLatin1('GET / HTTP/1.1\r\n'))],
    ['one wrong byte at the start', () => receiveBytes(listening(), Uint8Array.of(0x12))],
    [
      'a wrong byte late in the name',
      () => receiveBytes(listening(), encodeLatin1('\x13BitTorrent protocoL')),
    ],
    ['garbage to a dialler', () => receiveBytes(dialling(), Uint8Array.of(0))],
  ],
  'unknown-torrent': [
    ['a torrent that is not served', () => receiveBytes(listening(), handshakeOf(OTHER_HASH))],
  ],
  'wrong-torrent': [
    ['an answer about another torrent', () => receiveBytes(dialling(), handshakeOf(OTHER_HASH))],
  ],
  ourselves: [
    [
      'our own peer id calling',
      () => receiveBytes(listening(), handshakeOf(TORRENT.infoHash, OUR_ID)),
    ],
    [
      'our own peer id answering',
      () => receiveBytes(dialling(), handshakeOf(TORRENT.infoHash, OUR_ID)),
    ],
  ],
  'also-a-seed': [
    ['a full bitfield', () => receiveBytes(opened(), message(5, Uint8Array.of(0xff, 0xc0)))],
  ],
  'malformed-message': [
    ['interested with a payload', () => receiveBytes(opened(), message(2, Uint8Array.of(1)))],
    ['a request that is too short', () => receiveBytes(opened(), message(6, uint32(0)))],
    ['extended without its id', () => receiveBytes(opened(), message(20))],
    ['a bitfield a byte short', () => receiveBytes(opened(), message(5, Uint8Array.of(0x0f)))],
    ['a bitfield a byte long', () => receiveBytes(opened(), message(5, new Uint8Array(3)))],
  ],
  'message-too-long': [
    ['one past the longest', () => receiveBytes(opened(), uint32(2 + 64 * 1024 + 1))],
    ['a length of 2^31', () => receiveBytes(opened(), uint32(2 ** 31))],
    ['a length of 2^32 - 1', () => receiveBytes(opened(), uint32(2 ** 32 - 1))],
  ],
  'request-outside-torrent': [
    ['the piece after the last', () => receiveBytes(unchoked(), request(PIECE_COUNT, 0, 1))],
    ['piece 2^32 - 1', () => receiveBytes(unchoked(), request(2 ** 32 - 1, 0, 1))],
    ['no bytes', () => receiveBytes(unchoked(), request(0, 0, 0))],
    ['one byte too many', () => receiveBytes(unchoked(), request(0, 0, MAX_REQUEST_BYTES + 1))],
    [
      'one byte past the piece',
      () => receiveBytes(unchoked(), request(0, PIECE_LENGTH - 16_384, 16_385)),
    ],
    [
      'one byte past the last piece',
      () => receiveBytes(unchoked(), request(PIECE_COUNT - 1, 0, LAST_PIECE_LENGTH + 1)),
    ],
    ['a begin of 2^32 - 1', () => receiveBytes(unchoked(), request(0, 2 ** 32 - 1, 1))],
    ['while choked', () => receiveBytes(opened(), request(PIECE_COUNT, 0, 1))],
  ],
  'too-many-requests': [
    [
      'one past the queue',
      () => receiveBytes(unchoked(), ...many(MAX_QUEUED_REQUESTS + 1, request(0, 0, 1))),
    ],
    [
      'one past two rounds of the metadata',
      () => {
        const session = withMetadata();
        receiveBytes(session, ...many(METADATA_REQUESTS, metadataRequest(1)));
        return receiveBytes(session, metadataRequest(0));
      },
    ],
    [
      'one past them, of a piece that is not there',
      () => {
        const session = withMetadata();
        receiveBytes(session, ...many(METADATA_REQUESTS, metadataRequest(9)));
        return receiveBytes(session, metadataRequest(9));
      },
    ],
    [
      'one past them, though it told its extensions again',
      () => {
        const session = withMetadata();
        receiveBytes(session, ...many(METADATA_REQUESTS, metadataRequest(0)), THEIR_EXTENSIONS);
        return receiveBytes(session, metadataRequest(0));
      },
    ],
    [
      'one past them, all while it read nothing',
      () => {
        const session = withMetadata();
        session.receive({ type: 'writable', isWritable: false }, 0);
        receiveBytes(session, ...many(METADATA_REQUESTS, metadataRequest(0)));
        return receiveBytes(session, metadataRequest(0));
      },
    ],
  ],
  flood: [
    ['keep-alives', () => receiveAfterAll(KEEP_ALIVE)],
    ['pieces that it has', () => receiveAfterAll(message(4, uint32(0)))],
    ['cancels of nothing', () => receiveAfterAll(cancel(0, 0, 1))],
    ['requests of who has no slot', () => receiveAfterAll(request(0, 0, 1))],
    ['extended messages that it did not offer', () => receiveAfterAll(extendedMessage(77))],
    ['interest', () => receiveAfterAll(INTERESTED)],
    [
      'long messages, which count as several',
      () => {
        const session = opened();
        const long = message(77, new Uint8Array(64 * 1024 - 1));
        receiveBytes(session, ...many(Math.floor(ALL_MESSAGES / 65), long));
        return receiveBytes(session, long);
      },
    ],
  ],
  'piece-withheld': [
    [
      'a piece that fails its hash',
      () => unchoked().receive({ type: 'block-withheld', request: WITHHELD }, 0),
    ],
  ],
  'handshake-timeout': [
    ['no byte', () => listening().receive({ type: 'tick' }, HANDSHAKE_TIMEOUT_MS)],
    ['no answer', () => dialling().receive({ type: 'tick' }, HANDSHAKE_TIMEOUT_MS)],
    [
      'a handshake that trickles',
      () => {
        const session = listening();
        const bytes = handshakeOf(TORRENT.infoHash);
        session.receive({ type: 'bytes', bytes: bytes.subarray(0, 1) }, HANDSHAKE_TIMEOUT_MS - 1);
        return session.receive({ type: 'tick' }, HANDSHAKE_TIMEOUT_MS);
      },
    ],
  ],
  silent: [['nothing heard', () => unchoked().receive({ type: 'tick' }, SILENCE_TIMEOUT_MS)]],
  uninterested: [
    [
      'never interested, with keep-alives',
      () => tickAfterKeepAlive(opened(), UNINTERESTED_TIMEOUT_MS),
    ],
    [
      'no longer interested, with keep-alives',
      () => {
        const session = unchoked();
        session.receive({ type: 'bytes', bytes: NOT_INTERESTED }, 7000);
        return tickAfterKeepAlive(session, 7000 + UNINTERESTED_TIMEOUT_MS);
      },
    ],
    [
      'said twice, from the first time on',
      () => {
        const session = opened();
        session.receive({ type: 'bytes', bytes: NOT_INTERESTED }, 1);
        return tickAfterKeepAlive(session, UNINTERESTED_TIMEOUT_MS);
      },
    ],
  ],
  'not-reading': [
    [
      'nothing read for a minute, though it talks',
      () => {
        const session = unchoked();
        session.receive({ type: 'writable', isWritable: false }, 5000);
        return tickAfterKeepAlive(session, 5000 + NOT_READING_TIMEOUT_MS);
      },
    ],
    [
      'nothing of what little it asked for, while it is choked',
      () => {
        const nowMs = 5000 + NOT_READING_TIMEOUT_MS;
        return interested().receive({ type: 'tick', writingSinceMs: 5000 }, nowMs);
      },
    ],
    [
      'said twice, from the first time on',
      () => {
        const session = unchoked();
        session.receive({ type: 'writable', isWritable: false }, 0);
        session.receive({ type: 'writable', isWritable: false }, 1);
        return session.receive({ type: 'tick' }, NOT_READING_TIMEOUT_MS);
      },
    ],
  ],
  'not-requesting': [
    [
      'nothing asked for since it has its slot, with keep-alives',
      () => {
        const session = interested();
        session.receive({ type: 'slot', isUnchoked: true }, 5000);
        return tickAfterKeepAlive(session, 5000 + NOT_REQUESTING_TIMEOUT_MS);
      },
    ],
    [
      'nothing asked for since its last block',
      () => {
        const { session, block } = reading();
        session.receive(block, 0);
        const bytes = request(0, 1, 1);
        const [last] = blocksOf(session.receive({ type: 'bytes', bytes }, 5000));
        session.receive(required(last), 5001);
        return session.receive({ type: 'tick' }, 5001 + NOT_REQUESTING_TIMEOUT_MS);
      },
    ],
    [
      'nothing asked for but what it cancelled',
      () => {
        const session = unchoked();
        receiveBytes(session, request(0, 0, 1), cancel(0, 0, 1));
        return session.receive({ type: 'tick' }, NOT_REQUESTING_TIMEOUT_MS);
      },
    ],
    [
      'unchoked again, from then on',
      () => {
        const session = unchoked();
        session.receive({ type: 'slot', isUnchoked: false }, 1000);
        session.receive({ type: 'slot', isUnchoked: true }, 9000);
        return session.receive({ type: 'tick' }, 9000 + NOT_REQUESTING_TIMEOUT_MS);
      },
    ],
    [
      'given its slot twice, from the first time on',
      () => {
        const session = unchoked();
        session.receive({ type: 'slot', isUnchoked: true }, 9000);
        return session.receive({ type: 'tick' }, NOT_REQUESTING_TIMEOUT_MS);
      },
    ],
    [
      'nothing asked for but metadata',
      () => {
        const session = unchoked();
        const bytes = concatBytes([THEIR_EXTENSIONS, metadataRequest(0)]);
        session.receive({ type: 'bytes', bytes }, NOT_REQUESTING_TIMEOUT_MS - 1);
        return session.receive({ type: 'tick' }, NOT_REQUESTING_TIMEOUT_MS);
      },
    ],
    [
      'nothing asked for in several turns',
      () => {
        const session = interested();
        takeTurns(session, MAX_WASTED_TURNS - 1);
        return takeTurns(session, 1);
      },
    ],
    [
      'nothing asked for but while it was choked',
      () => {
        const session = interested();
        receiveBytes(session, request(0, 0, 1));
        session.receive({ type: 'slot', isUnchoked: true }, 0);
        return session.receive({ type: 'tick' }, NOT_REQUESTING_TIMEOUT_MS);
      },
    ],
  ],
};

/** As many messages as a remote may send at once. */
const ALL_MESSAGES = ALLOWED_MESSAGES + PIECE_COUNT;

/** What a message leads to that comes after as many of its kind as are allowed. */
function receiveAfterAll(bytes: Uint8Array): Action[] {
  const session = opened();
  const allowed = receiveBytes(session, ...many(ALL_MESSAGES, bytes));
  expect(summary(allowed)).not.toContain('drop flood');
  return receiveBytes(session, bytes);
}

/** Gives a slot and takes it again, so many times. */
function takeTurns(session: Session, turns: number): Action[] {
  const actions: Action[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    session.receive({ type: 'slot', isUnchoked: true }, 0);
    actions.push(...session.receive({ type: 'slot', isUnchoked: false }, 0));
  }
  return actions;
}

/** A session whose remote takes metadata. */
function withMetadata(): Session {
  const session = opened(true);
  receiveBytes(session, THEIR_EXTENSIONS);
  return session;
}

function many(count: number, bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: count }, () => bytes);
}

function tickAfterKeepAlive(session: Session, nowMs: number): Action[] {
  session.receive({ type: 'bytes', bytes: KEEP_ALIVE }, nowMs);
  return session.receive({ type: 'tick' }, nowMs);
}

describe('PeerSession drops', () => {
  const rows = Object.entries(DROPS).flatMap(([reason, causes]) =>
    causes.map(([name, cause]) => [reason, name, cause] as const),
  );

  test.each(rows)('%s: %s', (reason, _name, cause) => {
    expect(cause()).toEqual([{ type: 'drop', reason }]);
  });

  test('ends at the first reason: what stands behind it is not read', () => {
    const bytes = [INTERESTED, request(PIECE_COUNT, 0, 1), NOT_INTERESTED];
    expect(summary(receiveBytes(opened(), ...bytes))).toEqual([
      'interest true',
      'drop request-outside-torrent',
    ]);
  });

  test.each<[name: string, event: (block: BlockEvent) => SessionEvent]>([
    ['bytes', () => ({ type: 'bytes', bytes: INTERESTED })],
    ['a slot', () => ({ type: 'slot', isUnchoked: false })],
    ['room to write', () => ({ type: 'writable', isWritable: true })],
    ['a block', (block) => block],
    ['a block withheld', () => ({ type: 'block-withheld', request: WITHHELD })],
    ['a tick', () => ({ type: 'tick' })],
  ])('and after that ignores %s', (_name, event) => {
    const { session, block } = reading();
    expect(summary(receiveBytes(session, uint32(2 ** 31)))).toEqual(['drop message-too-long']);
    expect(session.receive(event(block), 10 * SILENCE_TIMEOUT_MS)).toEqual([]);
  });
});

describe('PeerSession deadlines: one ms before', () => {
  test.each<[name: string, actions: () => Action[]]>([
    ['a handshake', () => listening().receive({ type: 'tick' }, HANDSHAKE_TIMEOUT_MS - 1)],
    ['an answer', () => dialling().receive({ type: 'tick' }, HANDSHAKE_TIMEOUT_MS - 1)],
    ['a keep-alive', () => opened().receive({ type: 'tick' }, KEEP_ALIVE_MS - 1)],
    [
      'reading again',
      () => {
        const session = unchoked();
        session.receive({ type: 'writable', isWritable: false }, 5000);
        return session.receive({ type: 'tick' }, 5000 + NOT_READING_TIMEOUT_MS - 1);
      },
    ],
    [
      'the end of a write',
      () => {
        const nowMs = 5000 + NOT_READING_TIMEOUT_MS - 1;
        return interested().receive({ type: 'tick', writingSinceMs: 5000 }, nowMs);
      },
    ],
    [
      'a first request',
      () => {
        const session = interested();
        session.receive({ type: 'slot', isUnchoked: true }, 5000);
        return session.receive({ type: 'tick' }, 5000 + NOT_REQUESTING_TIMEOUT_MS - 1);
      },
    ],
    [
      'another request',
      () => {
        const session = unchoked();
        const bytes = request(0, 0, 1);
        const [block] = blocksOf(session.receive({ type: 'bytes', bytes }, 5000));
        session.receive(required(block), 5000);
        return session.receive({ type: 'tick' }, 5000 + NOT_REQUESTING_TIMEOUT_MS - 1);
      },
    ],
  ])('%s', (_name, actions) => {
    expect(actions()).toEqual([]);
  });

  // At these times our own keep-alive is due: it must be all that is.
  test.each<[name: string, actions: () => Action[]]>([
    ['silence', () => interested().receive({ type: 'tick' }, SILENCE_TIMEOUT_MS - 1)],
    ['interest', () => tickAfterKeepAlive(opened(), UNINTERESTED_TIMEOUT_MS - 1)],
    [
      'interest again',
      () => {
        const session = unchoked();
        session.receive({ type: 'bytes', bytes: NOT_INTERESTED }, 7000);
        return tickAfterKeepAlive(session, 7000 + UNINTERESTED_TIMEOUT_MS - 1);
      },
    ],
  ])('%s', (_name, actions) => {
    expect(summary(actions())).toEqual(['send 00000000']);
  });

  test('an interested remote that keeps alive stays', () => {
    expect(summary(tickAfterKeepAlive(interested(), UNINTERESTED_TIMEOUT_MS))).toEqual([
      'send 00000000',
    ]);
  });

  test.each<[name: string, create: () => Session]>([
    ['is choked', interested],
    [
      'is not interested any more',
      () => {
        const session = unchoked();
        receiveBytes(session, NOT_INTERESTED);
        return session;
      },
    ],
    [
      'lost its slot',
      () => {
        const session = unchoked();
        session.receive({ type: 'slot', isUnchoked: false }, 0);
        return session;
      },
    ],
    ['waits for the disk', () => reading().session],
    [
      'waits for the disk with the last of two blocks',
      () => {
        const session = unchoked();
        hand(session, ask(session, 0, 1).slice(1));
        return session;
      },
    ],
  ])('a remote that asks for nothing may while it %s', (_name, create) => {
    const actions = create().receive({ type: 'tick' }, NOT_REQUESTING_TIMEOUT_MS);
    expect(actions).toEqual([]);
  });

  test('a remote that cannot be written to need not ask', () => {
    const session = unchoked();
    session.receive({ type: 'writable', isWritable: false }, 1);
    expect(session.receive({ type: 'tick' }, NOT_REQUESTING_TIMEOUT_MS)).toEqual([]);
  });

  test('a remote that asks again and again keeps its slot', () => {
    const session = unchoked();
    for (let round = 1; round <= 10; round += 1) {
      const nowMs = round * (NOT_REQUESTING_TIMEOUT_MS - 1);
      expect(session.receive({ type: 'tick' }, nowMs)).toEqual([]);
      const bytes = request(0, 0, 1);
      const [block] = blocksOf(session.receive({ type: 'bytes', bytes }, nowMs));
      session.receive(required(block), nowMs);
    }
  });

  test('a remote that reads again starts anew', () => {
    const session = unchoked();
    session.receive({ type: 'writable', isWritable: false }, 0);
    session.receive({ type: 'writable', isWritable: true }, NOT_READING_TIMEOUT_MS - 1);
    session.receive({ type: 'writable', isWritable: false }, NOT_READING_TIMEOUT_MS);
    expect(session.receive({ type: 'tick' }, 2 * NOT_READING_TIMEOUT_MS - 1)).toEqual([]);
  });
});

describe('PeerSession keep-alives', () => {
  test('go out when nothing else did for 100 s', () => {
    const session = interested();
    expect(summary(session.receive({ type: 'tick' }, KEEP_ALIVE_MS))).toEqual(['send 00000000']);
    expect(session.receive({ type: 'tick' }, KEEP_ALIVE_MS + 1)).toEqual([]);
  });

  test('are put off by a block', () => {
    const session = unchoked();
    // The second block stays under way: who waits for one may do so without asking for more.
    const [block] = ask(session, 0, 1);
    session.receive(required(block), KEEP_ALIVE_MS - 1);
    expect(session.receive({ type: 'tick' }, KEEP_ALIVE_MS)).toEqual([]);
  });
});

describe('PeerSession requests', () => {
  test.each([
    ['the first byte', 0, 0, 1],
    ['a block at the end of a piece', 0, PIECE_LENGTH - 16_384, 16_384],
    ['the end of the last piece', PIECE_COUNT - 1, LAST_PIECE_LENGTH - 1, 1],
    ['as many bytes as are allowed', 0, 0, MAX_REQUEST_BYTES],
  ])('%s', (_name, piece, begin, length) => {
    expect(summary(receiveBytes(unchoked(), request(piece, begin, length)))).toEqual([
      `read ${piece}:${begin}+${length}`,
    ]);
  });

  test('while choked are ignored, also once a slot comes', () => {
    const session = opened();
    expect(receiveBytes(session, request(0, 0, 1))).toEqual([]);
    expect(summary(session.receive({ type: 'slot', isUnchoked: true }, 0))).toEqual([UNCHOKED]);
    expect(session.receive({ type: 'writable', isWritable: true }, 0)).toEqual([]);
  });

  test('are read four at a time, the next when a block is there, in order', () => {
    const session = unchoked();
    const requests = [0, 1, 2, 3, 4, 5].map((begin) => request(0, begin, 1));
    const reads = receiveBytes(session, ...requests);
    expect(summary(reads)).toEqual(['read 0:0+1', 'read 0:1+1', 'read 0:2+1', 'read 0:3+1']);
    const [first, second, third] = blocksOf(reads).map((block) => [block]);
    expect(hand(session, required(second))).toEqual(['send-block 0:1 01', 'read 0:4+1']);
    expect(hand(session, required(first))).toEqual(['send-block 0:0 00', 'read 0:5+1']);
    expect(hand(session, required(third))).toEqual(['send-block 0:2 02']);
  });

  test('are answered for the very request that was to be read, and once', () => {
    const { session, block } = reading();
    const copy = { ...block, request: { ...block.request } };
    expect(session.receive(copy, 0)).toEqual([]);
    expect(hand(session, [block])).toEqual(['send-block 0:0 00']);
    expect(session.receive(block, 0)).toEqual([]);
  });

  test('asked twice are two reads and two blocks', () => {
    const session = unchoked();
    const blocks = ask(session, 5, 5);
    expect(hand(session, blocks)).toEqual(Array.from({ length: 2 }, () => 'send-block 0:5 05'));
  });

  test('that are some way behind are made ready', () => {
    const session = unchoked();
    const begins = Array.from({ length: READ_AHEAD_REQUESTS + 5 }, (_, index) => index);
    const actions = receiveBytes(session, ...begins.map((begin) => request(1, begin, 1)));
    expect(summary(actions)).toEqual([
      'read 1:0+1',
      'read 1:1+1',
      'read 1:2+1',
      'read 1:3+1',
      `prepare 1:${READ_AHEAD_REQUESTS + 4}`,
    ]);
  });

  test('at the limit of the queue are kept', () => {
    const session = unchoked();
    const actions = receiveBytes(session, ...many(MAX_QUEUED_REQUESTS, request(0, 0, 1)));
    const reads = actions.filter(({ type }) => type !== 'prepare');
    expect(reads.map((action) => action.type)).toEqual(['read', 'read', 'read', 'read']);
  });

  test('count against the queue only until they are read', () => {
    const session = unchoked();
    receiveBytes(session, ...many(MAX_QUEUED_REQUESTS, request(0, 0, 1)));
    expect(receiveBytes(session, ...many(4, request(0, 0, 1)))).toEqual([]);
    expect(summary(receiveBytes(session, request(0, 0, 1)))).toEqual(['drop too-many-requests']);
  });

  test('ignored while choked do not count against the queue', () => {
    const flood = many(2 * MAX_QUEUED_REQUESTS, request(0, 0, 1));
    expect(receiveBytes(opened(), ...flood)).toEqual([]);
  });

  test('that are cancelled are not read', () => {
    const session = unchoked();
    const bytes = [request(0, 0, 1), request(0, 1, 1), request(0, 2, 1), cancel(0, 1, 1)];
    expect(summary(receiveBytes(session, ...bytes))).toEqual(['read 0:0+1', 'read 0:2+1']);
  });

  test.each([
    ['another piece', cancel(1, 0, 1)],
    ['another begin', cancel(0, 1, 1)],
    ['another length', cancel(0, 0, 2)],
    ['what lies outside the torrent', cancel(2 ** 32 - 1, 0, 1)],
  ])('outlive a cancel of %s', (_name, bytes) => {
    expect(summary(receiveBytes(unchoked(), request(0, 0, 1), bytes))).toEqual(['read 0:0+1']);
  });

  test('asked twice and cancelled once are read once', () => {
    const bytes = [request(0, 0, 1), request(0, 0, 1), cancel(0, 0, 1)];
    expect(summary(receiveBytes(unchoked(), ...bytes))).toEqual(['read 0:0+1']);
  });
});

describe('PeerSession allows', () => {
  test('more messages as time goes by', () => {
    const session = opened();
    receiveBytes(session, ...many(ALL_MESSAGES, KEEP_ALIVE));
    const second = concatBytes(many(ALLOWED_PER_SECOND, KEEP_ALIVE));
    expect(session.receive({ type: 'bytes', bytes: second }, 1000)).toEqual([]);
    expect(session.receive({ type: 'bytes', bytes: KEEP_ALIVE }, 1000)).toEqual([
      { type: 'drop', reason: 'flood' },
    ]);
  });

  test('more messages to who takes blocks: a fast line asks for as many as it gets', () => {
    const session = unchoked();
    for (let i = 0; i < ALL_MESSAGES; i += 1) {
      const [block] = ask(session, 0);
      session.receive(required(block), 0);
      const chatter = receiveBytes(session, cancel(0, 0, 1), message(4, uint32(0)));
      expect(chatter).toEqual([]);
    }
  });

  test('turns in which nothing is asked for, as long as others are used', () => {
    const session = interested();
    for (let round = 0; round < 3; round += 1) {
      takeTurns(session, MAX_WASTED_TURNS - 1);
      session.receive({ type: 'slot', isUnchoked: true }, 0);
      const [block] = ask(session, 0);
      session.receive(required(block), 0);
      expect(summary(session.receive({ type: 'slot', isUnchoked: false }, 0))).toEqual([CHOKED]);
    }
  });
});

describe('PeerSession choke', () => {
  test('says so, and voids what was asked for', () => {
    const session = unchoked();
    const blocks = ask(session, 0, 1, 2, 3, 4, 5);
    expect(summary(session.receive({ type: 'slot', isUnchoked: false }, 0))).toEqual([CHOKED]);
    // What the disk was still reading is thrown away, and nothing new is read.
    expect(blocks.length).toBe(4);
    expect(hand(session, blocks)).toEqual([]);
    expect(summary(session.receive({ type: 'slot', isUnchoked: true }, 0))).toEqual([UNCHOKED]);
    expect(session.receive({ type: 'writable', isWritable: true }, 0)).toEqual([]);
  });

  test('leaves void what was under way when the next unchoke comes', () => {
    const session = unchoked();
    const voided = ask(session, 0, 1, 2, 3);
    session.receive({ type: 'slot', isUnchoked: false }, 0);
    session.receive({ type: 'slot', isUnchoked: true }, 0);
    // The disk is busy with what is void: what is asked for now is read as that comes in.
    expect(ask(session, 0, 1)).toEqual([]);
    const [first, ...rest] = voided;
    const reads = session.receive(required(first), 0);
    expect(summary(reads)).toEqual(['read 0:0+1']);
    expect(hand(session, rest)).toEqual(['read 0:1+1']);
    expect(hand(session, blocksOf(reads))).toEqual(['send-block 0:0 00']);
  });

  test('does not void what is asked for after the next unchoke', () => {
    const session = unchoked();
    const [before] = ask(session, 0);
    session.receive({ type: 'slot', isUnchoked: false }, 0);
    session.receive({ type: 'slot', isUnchoked: true }, 0);
    const after = ask(session, 0);
    expect(session.receive(required(before), 0)).toEqual([]);
    expect(hand(session, after)).toEqual(['send-block 0:0 00']);
  });

  test('leaves room for four reads after the next unchoke', () => {
    const session = unchoked();
    const blocks = ask(session, 0, 1, 2, 3, 4);
    session.receive({ type: 'slot', isUnchoked: false }, 0);
    hand(session, blocks);
    session.receive({ type: 'slot', isUnchoked: true }, 0);
    expect(ask(session, 0, 1, 2, 3, 4).length).toBe(4);
  });

  test.each([
    ['unchoke', true, unchoked],
    ['choke', false, opened],
  ])('is not said twice: %s', (_name, isUnchoked, create) => {
    expect(create().receive({ type: 'slot', isUnchoked }, 0)).toEqual([]);
  });
});

describe('PeerSession that cannot write', () => {
  test('reads nothing, and goes on where it stopped', () => {
    const session = unchoked();
    expect(session.receive({ type: 'writable', isWritable: false }, 0)).toEqual([]);
    expect(receiveBytes(session, request(0, 0, 1), request(0, 1, 1))).toEqual([]);
    expect(summary(session.receive({ type: 'writable', isWritable: true }, 0))).toEqual([
      'read 0:0+1',
      'read 0:1+1',
    ]);
  });

  test('sends the block that was read already, and starts no other', () => {
    const session = unchoked();
    const [block] = ask(session, 0, 1, 2, 3, 4);
    session.receive({ type: 'writable', isWritable: false }, 0);
    expect(hand(session, [required(block)])).toEqual(['send-block 0:0 00']);
  });

  test('rejects requests for metadata, and sends it once there is room', () => {
    const session = withMetadata();
    session.receive({ type: 'writable', isWritable: false }, 0);
    const reject = message(20, Uint8Array.of(3), encodeLatin1('d8:msg_typei2e5:piecei1ee'));
    expect(summary(receiveBytes(session, metadataRequest(1)))).toEqual([`send ${toHex(reject)}`]);
    session.receive({ type: 'writable', isWritable: true }, 0);
    const data = message(
      20,
      Uint8Array.of(3),
      encodeLatin1('d8:msg_typei1e5:piecei1e10:total_sizei20000ee'),
      TORRENT.infoBytes.subarray(METADATA_PIECE_BYTES),
    );
    expect(summary(receiveBytes(session, metadataRequest(1)))).toEqual([`send ${toHex(data)}`]);
  });
});

describe('PeerSession metadata', () => {
  test.each([
    ['the first piece', 0, 'd8:msg_typei1e5:piecei0e10:total_sizei20000ee', 0, 16_384],
    ['the last piece', 1, 'd8:msg_typei1e5:piecei1e10:total_sizei20000ee', 16_384, 20_000],
    ['a piece that is not there: a reject', 2, 'd8:msg_typei2e5:piecei2ee', 0, 0],
  ])('%s, under the id that the remote chose', (_name, piece, header, from, to) => {
    const session = opened(true);
    expect(receiveBytes(session, THEIR_EXTENSIONS)).toEqual([]);
    const answer = message(
      20,
      Uint8Array.of(3),
      encodeLatin1(header),
      TORRENT.infoBytes.subarray(from, to),
    );
    expect(summary(receiveBytes(session, metadataRequest(piece)))).toEqual([
      `send ${toHex(answer)}`,
    ]);
  });

  test('needs no slot and no interest', () => {
    const actions = receiveBytes(opened(true), THEIR_EXTENSIONS, metadataRequest(0));
    expect(actions.map((action) => action.type)).toEqual(['send']);
  });

  test('is sent whole twice', () => {
    const wholeTwice = [0, 1, 0, 1].map(metadataRequest);
    expect(wholeTwice.length).toBe(METADATA_REQUESTS);
    const actions = receiveBytes(withMetadata(), ...wholeTwice);
    const sentBytes = actions.map((action) => (action.type === 'send' ? action.bytes.length : 0));
    const [first, last] = [16_384 + 51, 20_000 - 16_384 + 51];
    expect(sentBytes).toEqual([first, last, first, last]);
  });

  test.each([
    ['a whole number of pieces', METADATA_PIECE_BYTES, 2],
    ['one byte more', METADATA_PIECE_BYTES + 1, 4],
    ['one byte', 1, 2],
  ])('of %s is counted in pieces', (_name, length, limit) => {
    const torrent = { ...TORRENT, infoBytes: new Uint8Array(length) };
    const session = new PeerSession({
      ourPeerId: OUR_ID,
      sha1,
      findTorrent: () => torrent,
      nowMs: 0,
    });
    receiveBytes(session, handshakeOf(TORRENT.infoHash, THEIR_ID, true), THEIR_EXTENSIONS);
    const actions = receiveBytes(session, ...many(limit + 1, metadataRequest(0)));
    expect(actions.map((action) => action.type)).toEqual([
      ...Array.from({ length: limit }, () => 'send'),
      'drop',
    ]);
  });

  test('is counted anew on a connection that we dialled', () => {
    const session = dialling();
    session.start();
    receiveBytes(session, handshakeOf(TORRENT.infoHash, THEIR_ID, true), THEIR_EXTENSIONS);
    const actions = receiveBytes(session, ...many(METADATA_REQUESTS, metadataRequest(0)));
    expect(actions.map((action) => action.type)).toEqual(['send', 'send', 'send', 'send']);
    expect(summary(receiveBytes(session, metadataRequest(0)))).toEqual(['drop too-many-requests']);
  });

  test('is not sent to a remote that named no id for it, which does not count', () => {
    const session = opened(true);
    const ignored = many(METADATA_REQUESTS + 1, metadataRequest(0));
    expect(receiveBytes(session, ...ignored)).toEqual([]);
    const actions = receiveBytes(session, THEIR_EXTENSIONS, metadataRequest(0));
    expect(actions.map((action) => action.type)).toEqual(['send']);
  });

  test('is not sent any more once the remote switches it off', () => {
    const off = message(20, Uint8Array.of(0), encodeBencode({ m: { ut_metadata: 0 } }));
    expect(receiveBytes(opened(true), THEIR_EXTENSIONS, off, metadataRequest(0))).toEqual([]);
  });
});

/** What a session does with `stream` cut into chunks of `sizes` in turn. */
function inChunks(session: Session, stream: Uint8Array, sizes: readonly number[]): string[] {
  const lines: string[] = [];
  let offset = 0;
  for (let i = 0; offset < stream.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    const bytes = stream.subarray(offset, offset + size);
    lines.push(...summary(session.receive({ type: 'bytes', bytes }, 0)));
    offset += size;
  }
  return lines;
}

function isRead(line: string): boolean {
  return line.startsWith('read');
}

describe('PeerSession reads a stream', () => {
  // No cancels: whether one comes in time depends on what has been read by then.
  const anyMessage = fc.oneof(
    fc.constantFrom(
      INTERESTED,
      NOT_INTERESTED,
      KEEP_ALIVE,
      message(0),
      message(1),
      message(4, uint32(1)),
      message(5, Uint8Array.of(0x0f)),
      message(9, Uint8Array.of(0, 0)),
      THEIR_EXTENSIONS,
      metadataRequest(1),
      metadataRequest(9),
    ),
    fc
      .tuple(fc.nat({ max: PIECE_COUNT }), fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 1000 }))
      .map(([piece, begin, length]) => request(piece, begin, length)),
  );
  const chunkSizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });

  test('into the same actions however it is cut', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 20 }), chunkSizes, (messages, sizes) => {
        const stream = concatBytes([handshakeOf(TORRENT.infoHash, THEIR_ID, true), ...messages]);
        const whole = inChunks(listening(), stream, [stream.length]);
        expect(inChunks(listening(), stream, sizes)).toEqual(whole);
        expect(inChunks(listening(), stream, [1])).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  test('into the same reads and answers however it is cut, with a slot', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 20 }), chunkSizes, (messages, sizes) => {
        const stream = concatBytes(messages);
        const whole = inChunks(unchoked(), stream, [Math.max(1, stream.length)]);
        const cut = inChunks(unchoked(), stream, sizes);
        // A read starts at the end of a chunk, and a drop ends what has not started.
        expect(cut.filter((line) => !isRead(line))).toEqual(whole.filter((line) => !isRead(line)));
        const reads = cut.filter(isRead);
        const readsOfWhole = whole.filter(isRead);
        const isDropped = whole.some((line) => line.startsWith('drop'));
        expect(isDropped ? readsOfWhole : reads).toEqual(isDropped ? [] : readsOfWhole);
      }),
      { numRuns: 200 },
    );
  });

  test('of any bytes without a throw, and says nothing after a drop', () => {
    const anyBytes = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.constant(handshakeOf(TORRENT.infoHash, THEIR_ID, true)),
        anyMessage,
        fc
          .tuple(fc.nat({ max: 30 }), fc.uint8Array({ maxLength: 16 }))
          .map(([id, payload]) => message(id, payload)),
      ),
      { maxLength: 12 },
    );
    const create = fc.constantFrom(listening, dialling, opened, unchoked);
    fc.assert(
      fc.property(create, anyBytes, (createSession, chunks) => {
        const session = createSession();
        const lines = chunks.flatMap((bytes) =>
          summary(session.receive({ type: 'bytes', bytes }, 0)),
        );
        const dropAt = lines.findIndex((line) => line.startsWith('drop'));
        expect(dropAt === -1 ? lines.length - 1 : dropAt).toBe(lines.length - 1);
      }),
      { numRuns: 1000 },
    );
  });

  test('of any events in any order without a throw, and sends what no choke voided', () => {
    type AnyEvent = SessionEvent | { readonly type: 'disk'; readonly nth: number };
    const anyEvent: fc.Arbitrary<AnyEvent> = fc.oneof(
      anyMessage.map((bytes): AnyEvent => ({ type: 'bytes', bytes })),
      fc.nat({ max: 5 }).map((begin): AnyEvent => ({ type: 'bytes', bytes: request(0, begin, 1) })),
      fc.boolean().map((isUnchoked): AnyEvent => ({ type: 'slot', isUnchoked })),
      fc.boolean().map((isWritable): AnyEvent => ({ type: 'writable', isWritable })),
      fc.constant<AnyEvent>({ type: 'tick' }),
      fc.nat({ max: 3 }).map((nth): AnyEvent => ({ type: 'disk', nth })),
    );
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const session = opened(true);
        const underWay: BlockEvent[] = [];
        const wanted = new Set<BlockEvent>();
        let isUnchoked = false;
        let isDropped = false;
        for (const anyOne of events) {
          const [block] = anyOne.type === 'disk' ? underWay.splice(anyOne.nth, 1) : [];
          const event = anyOne.type === 'disk' ? block : anyOne;
          if (event === undefined) continue;
          if (event.type === 'slot') ({ isUnchoked } = event);
          if (!isUnchoked) wanted.clear();

          const actions = session.receive(event, 0);
          const sent = actions.filter(({ type }) => type === 'send-block').length;
          const isWanted = block !== undefined && wanted.has(block);
          expect(sent).toBe(isWanted && !isDropped ? 1 : 0);
          const reads = blocksOf(actions);
          expect(isUnchoked ? [] : reads).toEqual([]);
          for (const read of reads) wanted.add(read);
          underWay.push(...reads);
          expect(underWay.length).toBeLessThanOrEqual(4);
          isDropped ||= actions.some(({ type }) => type === 'drop');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
