import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePex, leechersInPex } from '../../../../seed-node/wire/pex-message.ts';
import { encodeBencode } from '../../../../shared/bencode.ts';
import { type Endpoint, formatEndpoint, parseIpAddress } from '../../../../shared/endpoint.ts';
import { decodeLatin1 } from '../../../../shared/text.ts';
import { required } from '../../shared/required.ts';

function endpoint(address: string, port: number): Endpoint {
  return { address: required(parseIpAddress(address)), port };
}

const V4 = endpoint('65.66.67.68', 0x4142);
const V6 = endpoint('6161:6161:6161:6161:6161:6161:6161:6161', 0x6161);

function names(payload: Uint8Array, maxPeers = 50): string[] {
  return leechersInPex(payload, maxPeers).map(formatEndpoint);
}

describe('encodePex()', () => {
  test('BEP 11, both families, who could be dialled marked', () => {
    const message = encodePex([{ endpoint: V4, isReachable: true }], [V6]);
    expect(decodeLatin1(message)).toBe(
      `d5:added6:ABCDAB7:added.f1:\x106:added60:8:added6.f0:7:dropped0:8:dropped618:${'a'.repeat(18)}e`,
    );
  });
});

describe('leechersInPex()', () => {
  test('reads what encodePex() wrote', () => {
    const added = [V4, V6].map((each) => ({ endpoint: each, isReachable: false }));
    expect(names(encodePex(added, []))).toEqual([V4, V6].map(formatEndpoint));
  });

  test('leaves seeds out, and port 0, and what is beyond the limit', () => {
    const peers = Uint8Array.of(
      1,
      1,
      1,
      1,
      0,
      1,
      2,
      2,
      2,
      2,
      0,
      2,
      3,
      3,
      3,
      3,
      0,
      0,
      4,
      4,
      4,
      4,
      0,
      4,
    );
    const payload = encodeBencode({ added: peers, 'added.f': Uint8Array.of(2, 0x10, 0, 0) });
    expect(names(payload)).toEqual(['2.2.2.2:2', '4.4.4.4:4']);
    expect(names(payload, 3)).toEqual(['2.2.2.2:2']);
  });

  test('any bytes are a list, never longer than the limit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(leechersInPex(bytes, 3).length).toBe(0);
        expect(
          leechersInPex(encodeBencode({ added: bytes, added6: bytes }), 3).length,
        ).toBeLessThan(4);
      }),
    );
  });
});
