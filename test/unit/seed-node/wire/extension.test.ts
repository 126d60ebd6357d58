import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answerMetadataRequest,
  encodeExtensionHandshake,
  parseExtensionHandshake,
} from '../../../../seed-node/wire/extension.ts';
import { type Encodable, encodeBencode } from '../../../../shared/bencode.ts';
import { parseIpAddress } from '../../../../shared/endpoint.ts';
import { concatBytes } from '../../../../shared/bytes.ts';
import { decodeLatin1, encodeLatin1 } from '../../../../shared/text.ts';

const PIECE = 16_384;

/** Each byte says where it stands. */
function metadata(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => index % 251);
}

function request(piece: Encodable | undefined): Uint8Array {
  return encodeBencode({ msg_type: 0, piece });
}

describe('encodeExtensionHandshake()', () => {
  test('BEP 10 with the metadata of BEP 9 and upload_only of BEP 21', () => {
    const bytes = encodeExtensionHandshake({
      metadataBytes: 77,
      maxRequests: 500,
      client: 'X 1',
      exchangesPeers: false,
      listenPort: undefined,
      yourIp: undefined,
    });
    expect(decodeLatin1(bytes)).toBe(
      'd1:md11:ut_metadatai1ee13:metadata_sizei77e4:reqqi500e11:upload_onlyi1e1:v3:X 1e',
    );
  });

  test('with our port, the address of the peer, and ut_pex of BEP 11', () => {
    const bytes = encodeExtensionHandshake({
      metadataBytes: 77,
      maxRequests: 500,
      client: 'X 1',
      exchangesPeers: true,
      listenPort: 6881,
      yourIp: parseIpAddress('65.66.67.68'),
    });
    expect(decodeLatin1(bytes)).toBe(
      'd1:md11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei77e1:pi6881e4:reqqi500e11:upload_onlyi1e1:v3:X 16:yourip4:ABCDe',
    );
  });
});

describe('parseExtensionHandshake()', () => {
  test.each<[name: string, payload: Encodable, metadataId: number | undefined]>([
    ['the id of ut_metadata', { m: { ut_metadata: 3 } }, 3],
    ['the largest id', { m: { ut_metadata: 255 } }, 255],
    ['an id above a byte', { m: { ut_metadata: 256 } }, undefined],
    ['0: switched off', { m: { ut_metadata: 0 } }, undefined],
    ['a negative id', { m: { ut_metadata: -1 } }, undefined],
    ['an id that is text', { m: { ut_metadata: '3' } }, undefined],
    ['other extensions alone', { m: { ut_pex: 1 } }, undefined],
    ['no m', {}, undefined],
    ['an m that is a list', { m: [] }, undefined],
    ['a list', [], undefined],
  ])('%s', (_name, payload, metadataId) => {
    expect(parseExtensionHandshake(encodeBencode(payload)).metadataId).toBe(metadataId);
  });

  test.each<[name: string, port: Encodable, listenPort: number | undefined]>([
    ['the port it listens on', 6881, 6881],
    ['the last port', 65_535, 65_535],
    ['port 0', 0, undefined],
    ['a port beyond the last', 65_536, undefined],
    ['a port that is text', '6881', undefined],
  ])('%s', (_name, port, listenPort) => {
    expect(parseExtensionHandshake(encodeBencode({ p: port })).listenPort).toBe(listenPort);
  });

  test.each<[name: string, payload: Encodable, isUploadOnly: boolean]>([
    ['1', { upload_only: 1 }, true],
    ['0', { upload_only: 0 }, false],
    ['nothing', {}, false],
    ['text', { upload_only: '1' }, false],
  ])('upload_only: %s', (_name, payload, isUploadOnly) => {
    expect(parseExtensionHandshake(encodeBencode(payload)).isUploadOnly).toBe(isUploadOnly);
  });

  test('any bytes are as if nothing was said', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(parseExtensionHandshake(payload)).toEqual({
          metadataId: undefined,
          isUploadOnly: false,
        });
      }),
    );
  });
});

describe('answerMetadataRequest()', () => {
  const info = metadata(2 * PIECE + 10);

  test.each([
    ['the first piece', 0, 0, PIECE],
    ['a piece between', 1, PIECE, 2 * PIECE],
    ['the last piece, which is short', 2, 2 * PIECE, 2 * PIECE + 10],
  ])('sends %s', (_name, piece, from, to) => {
    expect(answerMetadataRequest(request(piece), info)).toEqual(
      concatBytes([
        encodeLatin1(`d8:msg_typei1e5:piecei${piece}e10:total_sizei${2 * PIECE + 10}ee`),
        info.subarray(from, to),
      ]),
    );
  });

  test.each<[name: string, infoLength: number, piece: Encodable | undefined, named: number]>([
    ['the piece after the last', 2 * PIECE + 10, 3, 3],
    ['the piece after a last one that is whole', 2 * PIECE, 2, 2],
    ['the largest integer', 10, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['a negative piece', 10, -1, 0],
    ['no piece', 10, undefined, 0],
    ['a piece that is text', 10, '0', 0],
  ])('rejects %s', (_name, infoLength, piece, named) => {
    const answer = answerMetadataRequest(request(piece), metadata(infoLength));
    expect(answer).toEqual(encodeLatin1(`d8:msg_typei2e5:piecei${named}ee`));
  });

  test.each<[name: string, payload: Uint8Array]>([
    ['data', encodeBencode({ msg_type: 1, piece: 0 })],
    ['a reject', encodeBencode({ msg_type: 2, piece: 0 })],
    ['a type that nobody defined', encodeBencode({ msg_type: 3, piece: 0 })],
    ['no type', encodeBencode({ piece: 0 })],
    ['a list', encodeBencode([])],
    ['nothing', new Uint8Array()],
    ['garbage', encodeLatin1('garbage')],
  ])('has no answer to %s', (_name, payload) => {
    expect(answerMetadataRequest(payload, info)).toBeUndefined();
  });

  test('all pieces together are the metadata', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 * PIECE }), (length) => {
        const whole = metadata(length);
        const parts: Uint8Array[] = [];
        for (let piece = 0; piece * PIECE < length; piece += 1) {
          const header = `d8:msg_typei1e5:piecei${piece}e10:total_sizei${length}ee`;
          const answer = answerMetadataRequest(request(piece), whole) ?? new Uint8Array();
          parts.push(answer.subarray(header.length));
        }
        expect(Buffer.concat(parts).equals(whole)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
