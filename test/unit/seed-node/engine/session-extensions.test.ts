import { describe, expect, test } from 'vitest';
import {
  MAX_METADATA_ROUNDS,
  MAX_PEX_PEERS,
  MIN_PEX_INTERVAL_MS,
} from '../../../../seed-node/engine/extended-messages.ts';
import {
  MIN_HASHES,
  PeerSession,
  type SessionInit,
} from '../../../../seed-node/engine/peer-session.ts';
import type { ServedTorrent, SessionAction } from '../../../../seed-node/engine/session-events.ts';
import { sha1 } from '../../../../seed-node/hashing/sha1.ts';
import { OUR_METADATA_ID, OUR_PEX_ID } from '../../../../seed-node/wire/extension.ts';
import {
  decodeHandshake,
  encodeHandshake,
  HANDSHAKE_BYTES,
} from '../../../../seed-node/wire/handshake.ts';
import { encodeHashes, encodeHashReject } from '../../../../seed-node/wire/hash-message.ts';
import { frameMessage, ID } from '../../../../seed-node/wire/message-frame.ts';
import {
  encodePex,
  type KnownPeer,
  leechersInPex,
} from '../../../../seed-node/wire/pex-message.ts';
import { type Encodable, encodeBencode } from '../../../../shared/bencode.ts';
import { concatBytes, toHex } from '../../../../shared/bytes.ts';
import { type Endpoint, formatEndpoint, parseIpAddress } from '../../../../shared/endpoint.ts';
import { PieceLayout } from '../../../../shared/pieces.ts';
import { decodeLatin1 } from '../../../../shared/text.ts';
import { infoHash, peerId, required } from '../../shared/required.ts';

const V1 = infoHash('ab'.repeat(20));
const V2 = infoHash('cd'.repeat(20));
const OUR_ID = peerId('-ET0001-ours90123456');
const THEIR_ID = peerId('-XX0001-their0123456');
const PIECE_LENGTH = 64 * 1024;
const LAYOUT = new PieceLayout(100 * PIECE_LENGTH, PIECE_LENGTH);
const HASHES = new Uint8Array(64).fill(7);

type Session = PeerSession<ServedTorrent>;
type Action = SessionAction<ServedTorrent>;

function torrentWith(part: Partial<ServedTorrent> = {}): ServedTorrent {
  return {
    infoHash: V1,
    swarms: [V1, V2],
    isPrivate: false,
    layout: LAYOUT,
    infoBytes: new Uint8Array(100),
    bitfield: () => new Uint8Array(13).fill(0xff),
    hashCount: 128,
    findHashes: ({ index }) => (index === 0 ? HASHES : undefined),
    ...part,
  };
}

function receive(session: Session, ...parts: readonly Uint8Array[]): Action[] {
  return session.receive({ type: 'bytes', bytes: concatBytes(parts) }, 0);
}

function hello(hash = V1, hasV2 = false, isFast = true): Uint8Array {
  return encodeHandshake({ infoHash: hash, peerId: THEIR_ID, hasExtensions: true, isFast, hasV2 });
}

function listening(
  part: Partial<ServedTorrent> = {},
  init: Partial<SessionInit<ServedTorrent>> = {},
): Session {
  const torrent = torrentWith(part);
  return new PeerSession({
    ourPeerId: OUR_ID,
    sha1,
    remoteAddress: parseIpAddress('80.4.4.200'),
    listenPort: 6881,
    findTorrent: (hash) => (torrent.swarms.includes(hash) ? torrent : undefined),
    nowMs: 0,
    ...init,
  });
}

function opened(
  part: Partial<ServedTorrent> = {},
  init: Partial<SessionInit<ServedTorrent>> = {},
): Session {
  const session = listening(part, init);
  receive(session, hello());
  return session;
}

/** The payloads of the messages sent with that id. */
function sent(actions: readonly Action[], id: number): Uint8Array[] {
  return actions.flatMap((action) =>
    action.type === 'send' && action.bytes[4] === id ? [action.bytes.subarray(5)] : [],
  );
}

function drops(actions: readonly Action[]): string[] {
  return actions.flatMap((action) => (action.type === 'drop' ? [action.reason] : []));
}

function extended(id: number, payload: Uint8Array): Uint8Array {
  return frameMessage(ID.extended, [Uint8Array.of(id), payload]);
}

function extensions(value: Encodable): Uint8Array {
  return extended(0, encodeBencode(value));
}

function answeredHash(session: Session, handshake: Uint8Array): string | undefined {
  const [, first] = receive(session, handshake);
  const bytes = first?.type === 'send' ? first.bytes : new Uint8Array(0);
  return decodeHandshake(bytes.subarray(0, HANDSHAKE_BYTES))?.infoHash;
}

const REQUEST = {
  piecesRoot: new Uint8Array(32).fill(9),
  baseLayer: 2,
  index: 0,
  length: 2,
  proofLayers: 0,
};

function askForHashes(request: typeof REQUEST): Uint8Array {
  const reject = encodeHashReject(request);
  reject[4] = ID.hashRequest;
  return reject;
}

function sentHex(actions: readonly Action[]): string[] {
  return actions.flatMap((action) => (action.type === 'send' ? [toHex(action.bytes)] : []));
}

const HAVE_NONE = frameMessage(ID.haveNone, []);

function allowedTo(session: Session): number[] {
  return sent(receive(session, HAVE_NONE), ID.allowedFast).map((payload) => payload.at(-1) ?? -1);
}

function askForBlock(pieceIndex: number, begin: number): Uint8Array {
  const numbers = new Uint8Array(12);
  const view = new DataView(numbers.buffer);
  view.setUint32(0, pieceIndex);
  view.setUint32(4, begin);
  view.setUint32(8, 16_384);
  return frameMessage(ID.request, [numbers]);
}

function endpoint(address: string, port = 6881): Endpoint {
  return { address: required(parseIpAddress(address)), port };
}

function known(...addresses: readonly string[]): KnownPeer[] {
  return addresses.map((address) => ({ endpoint: endpoint(address), isReachable: true }));
}

function names(actions: readonly Action[]): string[] {
  return actions.flatMap((action) =>
    action.type === 'peers-named' ? action.endpoints.map(formatEndpoint) : [],
  );
}

function told(session: Session, peers: readonly KnownPeer[]): string[] {
  const [payload] = sent(session.receive({ type: 'share-peers', peers }, 0), ID.extended);
  return payload === undefined ? [] : leechersInPex(payload.subarray(1), 1000).map(formatEndpoint);
}

function exchanging(part: Partial<ServedTorrent> = {}): Session {
  const session = opened(part);
  receive(session, extensions({ m: { ut_pex: 9 } }));
  return session;
}

function naming(...addresses: readonly string[]): Uint8Array {
  return extended(OUR_PEX_ID, encodePex(known(...addresses), []));
}

describe('a hybrid torrent (BEP 52)', () => {
  test('is spoken of in v2 with who knows it, in v1 with who does not', () => {
    expect(answeredHash(listening(), hello(V1, true))).toBe(V2);
    expect(answeredHash(listening(), hello(V1, false))).toBe(V1);
    expect(answeredHash(listening(), hello(V2, true))).toBe(V2);
  });

  test('the swarm that counts is the one that the peer came by', () => {
    const [first] = receive(listening(), hello(V1, true));
    expect(first).toMatchObject({ type: 'opened', swarm: V1 });
  });

  test.each([
    ['a hybrid', {}, true],
    ['a v1 torrent', { swarms: [V1] }, false],
  ])('we say of %s whether we know v2', (_name, part, hasV2) => {
    const [, answer] = receive(listening(part), hello());
    expect(answer?.type === 'send' && decodeHandshake(answer.bytes)).toMatchObject({ hasV2 });
  });

  test('a peer that we dialled may answer in the other swarm, in no third one', () => {
    const dial = (): Session =>
      listening({}, { dialledFor: { torrent: torrentWith(), swarm: V1 } });
    expect(receive(dial(), hello(V2))[0]).toMatchObject({ type: 'opened', swarm: V1 });
    expect(drops(receive(dial(), hello(infoHash('ee'.repeat(20)))))).toEqual(['wrong-torrent']);
  });
});

describe('hash requests (BEP 52)', () => {
  test('are answered with the hashes, or with a reject', () => {
    const session = opened();
    expect(sentHex(receive(session, askForHashes(REQUEST)))).toEqual([
      toHex(encodeHashes(REQUEST, HASHES)),
    ]);
    const beyond = { ...REQUEST, index: 2 };
    expect(sentHex(receive(session, askForHashes(beyond)))).toEqual([
      toHex(encodeHashReject(beyond)),
    ]);
  });

  test('are rejected while the peer does not read', () => {
    const session = opened();
    session.receive({ type: 'writable', isWritable: false }, 0);
    expect(sentHex(receive(session, askForHashes(REQUEST)))).toEqual([
      toHex(encodeHashReject(REQUEST)),
    ]);
  });

  test('for far more than there is end the conversation', () => {
    const session = opened();
    for (let asked = 0; asked < MIN_HASHES; asked += REQUEST.length) {
      expect(drops(receive(session, askForHashes(REQUEST)))).toEqual([]);
    }
    expect(drops(receive(session, askForHashes(REQUEST)))).toEqual(['too-many-requests']);
  });

  test('for no hashes count too: each is answered', () => {
    const session = opened();
    const nothing = askForHashes({ ...REQUEST, index: 2, length: 0 });
    const answers = receive(session, ...Array.from({ length: MIN_HASHES }, () => nothing));
    expect(sent(answers, ID.hashReject)).toHaveLength(MIN_HASHES);
    expect(drops(receive(session, nothing))).toEqual(['too-many-requests']);
  });

  test('of another length are no messages', () => {
    const short = frameMessage(ID.hashRequest, [new Uint8Array(47)]);
    expect(drops(receive(opened(), short))).toEqual(['malformed-message']);
  });
});

describe('allowed-fast pieces (BEP 6)', () => {
  test('are named to a peer that has nothing, once', () => {
    const session = opened();
    expect(new Set(allowedTo(session)).size).toBe(10);
    expect(allowedTo(session)).toEqual([]);
  });

  test.each([
    ['little', 0b0000_0001, 10],
    ['more', 0b0001_1111, 0],
  ])('a peer that has %s is named as many as it should', (_name, bits, count) => {
    const bytes = new Uint8Array(Math.ceil(LAYOUT.pieceCount / 8));
    bytes.fill(bits, 0, 2);
    const bitfield = frameMessage(ID.bitfield, [bytes]);
    expect(sent(receive(opened(), bitfield), ID.allowedFast)).toHaveLength(count);
  });

  test('are not named to who is served already, has no address, or does not know them', () => {
    const served = opened();
    served.receive({ type: 'slot', isUnchoked: true }, 0);
    expect(allowedTo(served)).toEqual([]);
    expect(allowedTo(opened({}, { remoteAddress: undefined }))).toEqual([]);
    const slow = listening();
    receive(slow, hello(V1, false, false));
    const bitfield = frameMessage(ID.bitfield, [new Uint8Array(13)]);
    expect(sent(receive(slow, bitfield), ID.allowedFast)).toEqual([]);
  });

  test('are served while the peer is choked, each byte once', () => {
    const session = opened();
    const [piece = -1] = allowedTo(session);
    for (let begin = 0; begin < PIECE_LENGTH; begin += 16_384) {
      const actions = receive(session, askForBlock(piece, begin));
      const read = actions.find((action) => action.type === 'read');
      expect(read?.request).toMatchObject({ pieceIndex: piece, beginBytes: begin });
      const block = { request: required(read).request, data: new Uint8Array(16_384) };
      const [answer] = session.receive({ type: 'block', ...block }, 0);
      expect(answer?.type).toBe('send-block');
    }
    expect(sent(receive(session, askForBlock(piece, 0)), ID.reject)).toHaveLength(1);
  });

  test('no other piece is served to a choked peer', () => {
    const session = opened();
    const pieces = allowedTo(session);
    const other = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].find((index) => !pieces.includes(index)) ?? -1;
    expect(sent(receive(session, askForBlock(other, 0)), ID.reject)).toHaveLength(1);
  });
});

describe('the extension handshake (BEP 10)', () => {
  test('tells the peer its address and our port', () => {
    const [payload] = sent(receive(listening(), hello()), ID.extended);
    const text = decodeLatin1(required(payload));
    expect(text).toContain('1:pi6881e');
    expect(text).toContain('6:yourip4:\x50\x04\x04\xc8');
  });

  test('a peer that only uploads is left: it wants nothing (BEP 21)', () => {
    expect(drops(receive(opened(), extensions({ upload_only: 1 })))).toEqual(['also-a-seed']);
    expect(drops(receive(opened(), extensions({ upload_only: 0 })))).toEqual([]);
  });

  test('reports the port that the peer listens on', () => {
    expect(receive(opened(), extensions({ p: 51_413 }))).toEqual([
      { type: 'listens', port: 51_413 },
    ]);
  });

  test('the metadata goes out so many times and no more', () => {
    const session = opened();
    receive(session, extensions({ m: { ut_metadata: 3 } }));
    const ask = extended(OUR_METADATA_ID, encodeBencode({ msg_type: 0, piece: 0 }));
    for (let round = 0; round < MAX_METADATA_ROUNDS; round += 1) {
      expect(sent(receive(session, ask), ID.extended)).toHaveLength(1);
    }
    expect(drops(receive(session, ask))).toEqual(['too-many-requests']);
  });
});

describe('peer exchange (BEP 11)', () => {
  test('a peer is told of others once, under its own id', () => {
    const session = exchanging();
    const peers = known('1.2.3.4', '5.6.7.8');
    const [payload] = sent(session.receive({ type: 'share-peers', peers }, 0), ID.extended);
    expect(payload?.[0]).toBe(9);
    expect(told(session, peers)).toEqual([]);
    expect(told(session, [...peers, ...known('9.9.9.9')])).toEqual(['9.9.9.9:6881']);
  });

  test('a peer is told who went, and of who came back', () => {
    const session = exchanging();
    told(session, known('1.2.3.4'));
    const [payload] = sent(session.receive({ type: 'share-peers', peers: [] }, 0), ID.extended);
    expect(decodeLatin1(required(payload))).toContain('7:dropped6:\x01\x02\x03\x04');
    expect(told(session, known('1.2.3.4'))).toEqual(['1.2.3.4:6881']);
  });

  test('a message names no more than the limit; the rest follow in the next ones', () => {
    const session = exchanging();
    const peers = known(...Array.from({ length: MAX_PEX_PEERS + 10 }, (_, i) => `1.2.3.${i + 1}`));
    expect(told(session, peers)).toHaveLength(MAX_PEX_PEERS);
    expect(told(session, peers)).toHaveLength(10);
  });

  test('who does not want to know, or does not read, is not told', () => {
    expect(told(opened(), known('1.2.3.4'))).toEqual([]);
    const busy = exchanging();
    busy.receive({ type: 'writable', isWritable: false }, 0);
    expect(told(busy, known('1.2.3.4'))).toEqual([]);
  });

  test('leechers that a peer names are reported, one of an address', () => {
    const payload = encodePex(
      [endpoint('1.2.3.4', 1), endpoint('1.2.3.4', 2), endpoint('5.6.7.8', 3)].map((each) => ({
        endpoint: each,
        isReachable: true,
      })),
      [],
    );
    const actions = receive(exchanging(), extended(OUR_PEX_ID, payload));
    expect(names(actions)).toEqual(['1.2.3.4:2', '5.6.7.8:3']);
  });

  test('a peer on the internet cannot name private addresses; one nearby can', () => {
    const private4 = ['10.0.0.1', '127.0.0.1', '192.168.1.1', '169.254.169.254'];
    expect(names(receive(exchanging(), naming(...private4, '1.2.3.4')))).toEqual(['1.2.3.4:6881']);
    const nearby = opened({}, { remoteAddress: parseIpAddress('192.168.1.7') });
    expect(names(receive(nearby, naming('192.168.1.1')))).toEqual(['192.168.1.1:6881']);
  });

  test('a message too soon after another is not read', () => {
    const session = exchanging();
    expect(names(receive(session, naming('1.1.1.1')))).toHaveLength(1);
    expect(names(receive(session, naming('2.2.2.2')))).toEqual([]);
    const later = session.receive({ type: 'bytes', bytes: naming('3.3.3.3') }, MIN_PEX_INTERVAL_MS);
    expect(names(later)).toEqual(['3.3.3.3:6881']);
  });

  test('of a private torrent nobody is named either way (BEP 27)', () => {
    const session = exchanging({ isPrivate: true });
    expect(told(session, known('1.2.3.4'))).toEqual([]);
    expect(names(receive(session, naming('1.2.3.4')))).toEqual([]);
    const [payload] = sent(receive(listening({ isPrivate: true }), hello()), ID.extended);
    expect(decodeLatin1(required(payload))).not.toContain('ut_pex');
  });
});
