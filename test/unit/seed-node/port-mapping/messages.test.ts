import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeNatPmpReply,
  encodeNatPmpRequest,
} from '../../../../seed-node/port-mapping/nat-pmp-message.ts';
import {
  decodePcpReply,
  encodePcpRequest,
} from '../../../../seed-node/port-mapping/pcp-message.ts';
import { ipAddress } from '../../shared/required.ts';

const TCP = { protocol: 'tcp', port: 0x1ae1, externalPort: 0x1ae2, lifetimeSeconds: 3600 } as const;
const PCP = {
  ...TCP,
  clientAddress: ipAddress('192.168.1.2'),
  nonce: Uint8Array.from(Buffer.from('0102030405060708090a0b0c', 'hex')),
};

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

describe('encodeNatPmpRequest()', () => {
  test.each([
    ['tcp', '00 02 0000 1ae1 1ae2 00000e10'],
    ['udp', '00 01 0000 1ae1 1ae2 00000e10'],
  ] as const)('%s, as RFC 6886, section 3.3, draws it', (protocol, bytes) => {
    expect(encodeNatPmpRequest({ ...TCP, protocol })).toEqual(hex(bytes));
  });
});

describe('decodeNatPmpReply()', () => {
  test.each([
    [
      'a mapping',
      '00 82 0000 00000001 1ae1 1af0 00000708',
      { externalPort: 0x1af0, lifetimeSeconds: 1800 },
    ],
    ['a refusal', '00 82 0002 00000001 1ae1 0000 00000000', 2],
    ['another version', '02 82 0000 00000001 1ae1 1af0 00000708', undefined],
    ['the other protocol', '00 81 0000 00000001 1ae1 1af0 00000708', undefined],
    ['another port', '00 82 0000 00000001 1ae2 1af0 00000708', undefined],
    ['a byte too few', '00 82 0000 00000001 1ae1 1af0 000007', undefined],
    ['nothing', '', undefined],
  ])('%s', (_case, bytes, expected) => {
    expect(decodeNatPmpReply(hex(bytes), TCP)).toEqual(expected);
  });
});

const PCP_HEAD = '02 81 00 00 00000708 00000001 000000000000000000000000';
const NONCE = '0102030405060708090a0b0c';
const OUTSIDE = '00000000000000000000ffffcb007109';

describe('encodePcpRequest()', () => {
  test('as RFC 6887, sections 7.1 and 11.1, draw it', () => {
    expect(encodePcpRequest(PCP)).toEqual(
      hex(
        `02 01 0000 00000e10 00000000000000000000ffffc0a80102 ${NONCE} 06 000000 1ae1 1ae2 00000000000000000000ffff00000000`,
      ),
    );
  });

  test('over IPv6 any IPv6 address is asked for', () => {
    const bytes = encodePcpRequest({ ...PCP, clientAddress: ipAddress('2001:db8::2') });
    expect(bytes.subarray(8, 24)).toEqual(ipAddress('2001:db8::2'));
    expect(bytes.subarray(44)).toEqual(new Uint8Array(16));
  });
});

describe('decodePcpReply()', () => {
  test.each([
    [
      'a mapping',
      `${PCP_HEAD} ${NONCE} 06 000000 1ae1 1af0 ${OUTSIDE}`,
      { externalPort: 0x1af0, lifetimeSeconds: 1800 },
    ],
    [
      'a refusal',
      `${PCP_HEAD.replace('02 81 00 00', '02 81 00 02')} ${NONCE} 06 000000 1ae1 1af0 ${OUTSIDE}`,
      2,
    ],
    ['a router that speaks only NAT-PMP', '00 80 0001 00000009', 'no-pcp'],
    ['a router of PCP version 1', '01 81 00 01 00000000', 'no-pcp'],
    [
      'another nonce',
      `${PCP_HEAD} ${NONCE.replace('01', '02')} 06 000000 1ae1 1af0 ${OUTSIDE}`,
      undefined,
    ],
    ['another protocol', `${PCP_HEAD} ${NONCE} 11 000000 1ae1 1af0 ${OUTSIDE}`, undefined],
    ['another port', `${PCP_HEAD} ${NONCE} 06 000000 1ae2 1af0 ${OUTSIDE}`, undefined],
    ['a request', `02 01 ${PCP_HEAD.slice(6)} ${NONCE} 06 000000 1ae1 1af0 ${OUTSIDE}`, undefined],
    ['a byte too few', `${PCP_HEAD} ${NONCE} 06 000000 1ae1 1af0 ${OUTSIDE.slice(2)}`, undefined],
    ['nothing', '', undefined],
  ])('%s', (_case, bytes, expected) => {
    expect(decodePcpReply(hex(bytes), PCP)).toEqual(expected);
  });
});

test('no datagram makes a decoder throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(() => {
        decodeNatPmpReply(bytes, TCP);
        decodePcpReply(bytes, PCP);
      }).not.toThrow();
    }),
  );
});
