import * as fc from 'fast-check';
import {
  encodeExtensionHandshake,
  OUR_METADATA_ID,
  OUR_PEX_ID,
} from '../../../../seed-node/wire/extension.ts';
import { encodeHandshake } from '../../../../seed-node/wire/handshake.ts';
import { encodeHashes, encodeHashReject } from '../../../../seed-node/wire/hash-message.ts';
import { frameMessage, ID, LENGTH_PREFIX_BYTES } from '../../../../seed-node/wire/message-frame.ts';
import {
  encodeAllowedFast,
  encodeBitfield,
  encodeExtended,
  encodePieceHeader,
  encodeReject,
  KEEP_ALIVE,
} from '../../../../seed-node/wire/peer-message.ts';
import { encodePex } from '../../../../seed-node/wire/pex-message.ts';
import { encodeBencode } from '../../../../shared/bencode.ts';
import { concatBytes } from '../../../../shared/bytes.ts';
import type { InfoHash } from '../../../../shared/info-hash.ts';
import type { PeerId } from '../../../../shared/peer-id.ts';
import { ipAddress } from '../../shared/required.ts';

/** Written by the codec's own encoders; of messages that only a seed sends, the payload of their counterpart. */
type Bytes = Uint8Array;

const anyId = fc.constantFrom(...Object.values(ID));
const uint32 = fc.oneof(
  fc.nat({ max: 12 }),
  fc.nat({ max: 300_000 }),
  fc.constantFrom(2 ** 31, 2 ** 32 - 1),
);
const block = fc.record({ pieceIndex: uint32, beginBytes: uint32, lengthBytes: uint32 });
const fittingBlock = fc.record({
  pieceIndex: fc.nat({ max: 3 }),
  beginBytes: fc.nat({ max: 3 }),
  lengthBytes: fc.integer({ min: 1, max: 3 }),
});

/** Of one that is asked for or voided: asked for twice, cancelled, of the torrent or not. */
export const anyBlockMessage: fc.Arbitrary<Bytes> = fc
  .tuple(
    fc.constantFrom(ID.request, ID.request, ID.cancel),
    fc.oneof({ weight: 9, arbitrary: fittingBlock }, { weight: 1, arbitrary: block }),
  )
  .map(([id, each]) => withId(id, encodeReject(each)));

const endpoint = fc.record({
  address: fc.constantFrom('80.4.4.1', '80.4.4.2', '10.0.0.1', '2001:db8::1').map(ipAddress),
  port: fc.integer({ min: 1, max: 65_535 }),
});

const anyExtended: fc.Arbitrary<Bytes> = fc.oneof(
  fc
    .record({
      metadataBytes: fc.nat({ max: 1_000_000 }),
      maxRequests: fc.nat({ max: 5000 }),
      client: fc.string({ maxLength: 20 }),
      exchangesPeers: fc.boolean(),
      listenPort: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      yourIp: fc.option(fc.constant(ipAddress('80.4.4.4')), { nil: undefined }),
    })
    .map((hello) => encodeExtended(0, encodeExtensionHandshake(hello))),
  fc
    .record({ ut_metadata: fc.nat({ max: 300 }), ut_pex: fc.nat({ max: 300 }) })
    .map((m) => encodeExtended(0, encodeBencode({ m, p: 6881 }))),
  fc
    .record({ msg_type: fc.nat({ max: 3 }), piece: uint32 })
    .map((asked) => encodeExtended(OUR_METADATA_ID, encodeBencode(asked))),
  fc
    .tuple(fc.array(endpoint, { maxLength: 5 }), fc.array(endpoint, { maxLength: 5 }))
    .map(([added, dropped]) => {
      const known = added.map((each) => ({ endpoint: each, isReachable: true }));
      return encodeExtended(OUR_PEX_ID, encodePex(known, dropped));
    }),
  fc
    .tuple(fc.nat({ max: 4 }), fc.uint8Array({ maxLength: 40 }))
    .map(([id, payload]) => encodeExtended(id, payload)),
);

/** Any other message of the protocol, of a torrent with so many pieces, whose first file has that root. */
export function anyMessage(pieceCount: number, piecesRoot: Bytes): fc.Arbitrary<Bytes> {
  const hashRequest = fc.record({
    piecesRoot: fc.constantFrom(piecesRoot, new Uint8Array(32)),
    baseLayer: fc.oneof(fc.nat({ max: 4 }), uint32),
    index: uint32,
    length: fc.oneof(uint32, fc.constantFrom(2, 4, 8)),
    proofLayers: uint32,
  });
  const bitfieldBytes = Math.ceil(pieceCount / 8);
  return fc.oneof(
    fc.constant(KEEP_ALIVE),
    fc
      .constantFrom(ID.choke, ID.unchoke, ID.interested, ID.notInterested, ID.haveNone)
      .map((id) => frameMessage(id, [])),
    uint32.map((piece) => withId(ID.have, encodeAllowedFast(piece))),
    uint32.map((piece) => encodeAllowedFast(piece)),
    block.map((each) => encodeReject(each)),
    fc
      .tuple(block, fc.uint8Array({ maxLength: 20 }))
      .map(([{ pieceIndex, beginBytes }, data]) =>
        concatBytes([
          encodePieceHeader({ pieceIndex, beginBytes, lengthBytes: data.length }),
          data,
        ]),
      ),
    fc
      .uint8Array({ minLength: bitfieldBytes, maxLength: bitfieldBytes })
      .map((bits) => encodeBitfield(bits)),
    hashRequest.map((each) => withId(ID.hashRequest, encodeHashReject(each))),
    hashRequest.map((each) => encodeHashReject(each)),
    hashRequest.map((each) => encodeHashes(each, new Uint8Array(64))),
    anyExtended,
  );
}

/** A remote's handshake, with any of the extensions. */
export function anyHandshake(infoHash: InfoHash, peerId: PeerId): fc.Arbitrary<Bytes> {
  return fc
    .record({ hasExtensions: fc.boolean(), isFast: fc.boolean(), hasV2: fc.boolean() })
    .map((flags) => encodeHandshake({ infoHash, peerId, ...flags }));
}

/** Bytes that are no message, or a message with one byte changed or the end cut off. */
export function anyGarbage(message: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(fc.oneof(anyId, fc.nat({ max: 255 })), fc.uint8Array({ maxLength: 60 }))
      .map(([id, payload]) => frameMessage(id, [payload])),
    fc
      .tuple(message, fc.nat(), fc.nat({ max: 255 }))
      .map(([bytes, at, value]) => bytes.with(at % bytes.length, value)),
    fc.tuple(message, fc.nat()).map(([bytes, end]) => bytes.subarray(0, end % bytes.length)),
  );
}

function withId(id: number, message: Bytes): Bytes {
  return message.with(LENGTH_PREFIX_BYTES, id);
}
