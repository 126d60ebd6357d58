import { describe, expect, test } from 'vitest';
import { Rc4 } from '../../../../seed-node/wire/rc4.ts';
import { toHex } from '../../../../shared/bytes.ts';

/** RFC 6229, section 2: the key's length, an offset into the key stream, the bytes there. */
const VECTORS = [
  [5, 0, 'b2396305f03dc027ccc3524a0a1118a8'],
  [5, 0xf0, '28cb1132c96ce286421dcaadb8b69eae'],
  [5, 0x400, '30abbcc7c20b01609f23ee2d5f6bb7df'],
  [5, 0x1000, 'ff25b58995996707e51fbdf08b34d875'],
  [16, 0, '9ac7cc9a609d1ef7b2932899cde41b97'],
  [16, 0x10, '5248c4959014126a6e8a84f11d1a9e1c'],
  [16, 0x400, 'bdf0324e6083dcc6d3cedd3ca8c53c16'],
  [16, 0x1000, 'a36a4c301ae8ac13610ccbc12256cacc'],
  [32, 0, 'eaa6bd25880bf93d3f5d1e4ca2611d91'],
  [32, 0x400, '7fec5bfd9f9b89ce6548309092d7e958'],
  [32, 0x1000, 'f3e4c0a2e02d1d01f7f0a74618af2b48'],
] as const;

function keyOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index + 1);
}

describe('Rc4', () => {
  test.each(VECTORS)('RFC 6229, %i bytes of key, from %i', (keyLength, offset, hex) => {
    const rc4 = new Rc4(keyOf(keyLength));
    rc4.skip(offset);
    const stream = new Uint8Array(16);
    rc4.apply(new Uint8Array(16), stream);
    expect(toHex(stream)).toBe(hex);
  });

  test('apply() is the same in parts, leaves the source, and undoes itself in place', () => {
    const source = keyOf(200);
    const target = new Uint8Array(200);
    const rc4 = new Rc4(keyOf(20));
    rc4.apply(source.subarray(0, 1), target);
    rc4.apply(source.subarray(1), target.subarray(1));
    expect(source).toEqual(keyOf(200));
    expect(target).not.toEqual(source);

    new Rc4(keyOf(20)).apply(target, target);

    expect(target).toEqual(source);
  });
});
