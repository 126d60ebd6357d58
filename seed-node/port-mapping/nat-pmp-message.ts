import type { Mapping, MappingRequest, OpenPort } from './gateway.ts';

const VERSION = 0;
const OPCODES = { udp: 1, tcp: 2 } as const;
const REPLY_FLAG = 128;
const REQUEST_BYTES = 12;
const REPLY_BYTES = 16;
const SUCCESS = 0;

/** A request for a mapping (RFC 6886, section 3.3); a lifetime of 0 ends it. */
export function encodeNatPmpRequest(request: MappingRequest): Uint8Array {
  const view = new DataView(new ArrayBuffer(REQUEST_BYTES));
  view.setUint8(0, VERSION);
  view.setUint8(1, OPCODES[request.protocol]);
  view.setUint16(4, request.port);
  view.setUint16(6, request.externalPort);
  view.setUint32(8, request.lifetimeSeconds);
  return new Uint8Array(view.buffer);
}

/** What the router answers to a request for that port; its result code where it says no, undefined for all else. */
export function decodeNatPmpReply(
  bytes: Uint8Array,
  asked: OpenPort,
): Mapping | number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < REPLY_BYTES || view.getUint8(0) !== VERSION) return undefined;
  if (view.getUint8(1) !== REPLY_FLAG + OPCODES[asked.protocol]) return undefined;
  if (view.getUint16(8) !== asked.port) return undefined;
  const result = view.getUint16(2);
  if (result !== SUCCESS) return result;
  return { externalPort: view.getUint16(10), lifetimeSeconds: view.getUint32(12) };
}
