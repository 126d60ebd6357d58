import { randomBytes } from 'node:crypto';
import { encodeHandshake, HANDSHAKE_BYTES } from '../../seed-node/wire/handshake.ts';
import { frameMessage, ID } from '../../seed-node/wire/message-frame.ts';
import { encodeExtended } from '../../seed-node/wire/peer-message.ts';
import { encodeBencode } from '../../shared/bencode.ts';
import { concatBytes } from '../../shared/bytes.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { BLOCK_BYTES } from '../../shared/pieces.ts';
import { infoHash as parseInfoHash, peerId } from '../unit/shared/required.ts';
import { blockMessage, type CrowdPeer, INTERESTED, many, NOT_INTERESTED } from './crowd-peer.ts';

export interface HostileKind {
  readonly name: string;
  /** What it is dropped for. */
  readonly reason: string;
  readonly misbehave: (peer: CrowdPeer, infoHash: InfoHash) => void;
}

const KEEP_ALIVE = new Uint8Array(4);
const FLOOD = 20_000;
const A_SECOND_MS = 1_000;
const BLOCK = blockMessage(ID.request, 0, 0, BLOCK_BYTES);
const CANCEL = blockMessage(ID.cancel, 0, 1, 1);

/** Everybody who means harm, and why the seed is rid of them. */
export const HOSTILE: readonly HostileKind[] = [
  {
    name: 'random bytes',
    reason: 'not-bittorrent',
    misbehave: (peer) => peer.write(Uint8Array.of(0), randomBytes(1000)),
  },
  {
    name: 'a torrent that nobody has',
    reason: 'unknown-torrent',
    misbehave: (peer) => peer.sayHello(parseInfoHash('00'.repeat(20))),
  },
  {
    name: 'half a handshake',
    reason: 'handshake-timeout',
    misbehave: (peer, infoHash) => peer.write(handshake(infoHash).subarray(0, 40)),
  },
  {
    name: 'a handshake of a byte a second',
    reason: 'handshake-timeout',
    misbehave: (peer, infoHash) => trickle(peer, handshake(infoHash)),
  },
  {
    name: 'a message of the wrong length',
    reason: 'malformed-message',
    misbehave: greetAnd(frameMessage(ID.interested, [Uint8Array.of(1)])),
  },
  {
    name: 'a bitfield of the wrong size',
    reason: 'malformed-message',
    misbehave: greetAnd(frameMessage(ID.bitfield, [new Uint8Array(5000)])),
  },
  {
    name: 'a message of four gigabytes',
    reason: 'message-too-long',
    misbehave: greetAnd(Uint8Array.of(0xff, 0xff, 0xff, 0xff)),
  },
  {
    name: 'a piece beyond the end',
    reason: 'request-outside-torrent',
    misbehave: greetAnd(INTERESTED, blockMessage(ID.request, 1_000_000, 0, BLOCK_BYTES)),
  },
  {
    name: 'a flood of keep-alives',
    reason: 'flood',
    misbehave: greetAnd(many(FLOOD, KEEP_ALIVE)),
  },
  {
    name: 'a flood of messages that it did not agree to',
    reason: 'flood',
    misbehave: greetAnd(many(FLOOD, encodeExtended(77, Uint8Array.of(1)))),
  },
  {
    name: 'a flood of interest and no interest, without a request',
    reason: 'not-requesting',
    misbehave: greetAnd(many(FLOOD, concatBytes([INTERESTED, NOT_INTERESTED]))),
  },
  {
    name: 'a flood of requests for the metadata',
    reason: 'too-many-requests',
    misbehave: greetAnd(
      encodeExtended(0, encodeBencode({ m: { ut_metadata: 3 } })),
      many(FLOOD / 10, encodeExtended(1, encodeBencode({ msg_type: 0, piece: 0 }))),
    ),
  },
  {
    name: 'a flood of requests for hashes',
    reason: 'too-many-requests',
    misbehave: greetAnd(many(FLOOD / 10, frameMessage(ID.hashRequest, [new Uint8Array(48)]))),
  },
  {
    name: 'a flood of requests that it does not read the answers to',
    reason: 'too-many-requests',
    misbehave: onSlot((peer) => {
      peer.stopReading();
      peer.write(many(FLOOD, BLOCK));
    }),
  },
  {
    name: 'a flood of cancels of what it never asked for',
    reason: 'flood',
    misbehave: onSlot((peer) => {
      peer.stopReading();
      peer.write(many(3000, BLOCK), many(FLOOD, CANCEL));
    }),
  },
  {
    name: 'a message of a byte a second',
    reason: 'not-requesting',
    misbehave: onSlot((peer) => trickle(peer, frameMessage(77, [new Uint8Array(60_000)]))),
  },
];

function greetAnd(...parts: readonly Uint8Array[]): HostileKind['misbehave'] {
  return (peer, infoHash) => {
    peer.sayHello(infoHash, false, true);
    peer.write(...parts);
  };
}

function onSlot(misbehave: (peer: CrowdPeer) => void): HostileKind['misbehave'] {
  return (peer, infoHash) => {
    peer.sayHello(infoHash);
    peer.write(INTERESTED);
    peer.onSlot = () => misbehave(peer);
  };
}

function trickle(peer: CrowdPeer, bytes: Uint8Array): void {
  let sent = 0;
  const timer = setInterval(() => {
    peer.write(bytes.subarray(sent, sent + 1));
    sent += 1;
  }, A_SECOND_MS);
  void peer.closed.then(() => clearInterval(timer));
}

function handshake(infoHash: InfoHash): Uint8Array {
  const bytes = encodeHandshake({
    infoHash,
    peerId: peerId('-XX0100-abcdefghijkl'),
    hasExtensions: false,
    isFast: false,
    hasV2: false,
  });
  return bytes.subarray(0, HANDSHAKE_BYTES);
}
