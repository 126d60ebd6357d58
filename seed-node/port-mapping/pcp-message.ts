import type { IpAddress } from '../../shared/endpoint.ts';
import type { Mapping, MappingRequest } from './gateway.ts';

const VERSION = 2;
const MAP_OPCODE = 1;
const REPLY_FLAG = 0x80;
const PROTOCOLS = { tcp: 6, udp: 17 } as const;
const MESSAGE_BYTES = 60;
export const PCP_NONCE_BYTES = 12;
const NONCE_OFFSET = 24;
const SUCCESS = 0;
/** `::ffff:0:0`, where an IPv4 address is written (RFC 6887, section 5). */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

export interface PcpRequest extends MappingRequest {
  /** This machine's address towards the router, which checks it. */
  readonly clientAddress: IpAddress;
  /** Random, and the same for each request about a mapping: it proves whose that is. */
  readonly nonce: Uint8Array;
}

/** A MAP request (RFC 6887, sections 7.1 and 11.1); a lifetime of 0 ends the mapping. */
export function encodePcpRequest(request: PcpRequest): Uint8Array {
  const bytes = new Uint8Array(MESSAGE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, MAP_OPCODE);
  view.setUint32(4, request.lifetimeSeconds);
  bytes.set(wideAddress(request.clientAddress), 8);
  bytes.set(request.nonce, NONCE_OFFSET);
  view.setUint8(36, PROTOCOLS[request.protocol]);
  view.setUint16(40, request.port);
  view.setUint16(42, request.externalPort);
  // Any external address of the same family.
  if (request.clientAddress.length === 4) bytes.set(MAPPED_PREFIX, 44);
  return bytes;
}

/**
 * What the router answers to that request: its result code where it says no, `no-pcp` where it speaks only NAT-PMP
 * (RFC 6887, appendix A), undefined for what is no answer to it.
 */
export function decodePcpReply(
  bytes: Uint8Array,
  asked: PcpRequest,
): Mapping | number | 'no-pcp' | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint8(0) < VERSION) return 'no-pcp';
  if (bytes.length < MESSAGE_BYTES || view.getUint8(0) !== VERSION) return undefined;
  if (view.getUint8(1) !== (REPLY_FLAG | MAP_OPCODE)) return undefined;
  const isOurs = asked.nonce.every((byte, i) => bytes[NONCE_OFFSET + i] === byte);
  if (!isOurs || view.getUint8(36) !== PROTOCOLS[asked.protocol]) return undefined;
  if (view.getUint16(40) !== asked.port) return undefined;
  const result = view.getUint8(3);
  if (result !== SUCCESS) return result;
  return { externalPort: view.getUint16(42), lifetimeSeconds: view.getUint32(4) };
}

function wideAddress(address: IpAddress): Uint8Array {
  return address.length === 4 ? Uint8Array.of(...MAPPED_PREFIX, ...address) : address;
}
