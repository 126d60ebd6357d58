import ipaddr from 'ipaddr.js';
import { toHex } from './bytes.ts';

/** The raw bytes of an IP address in network order: 4 for IPv4, 16 for an IPv6 that is not IPv4-mapped. */
export type IpAddress = Uint8Array & { readonly ip: unique symbol };

/** Where a peer can be dialled; the port is 1 to 65535. */
export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

export const MAX_PORT = 65_535;

/** The address that a text names, IPv4-mapped IPv6 made IPv4; `undefined` where it names none. */
export function parseIpAddress(text: string): IpAddress | undefined {
  // `isValid` takes 1-part and octal IPv4 forms too; peers and proxies only ever write four decimals.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  return ipAddressFromBytes(Uint8Array.from(ipaddr.process(text).toByteArray()));
}

/** The address that 4 or 16 raw bytes are, IPv4-mapped IPv6 made IPv4; `undefined` for any other length. */
export function ipAddressFromBytes(bytes: Uint8Array): IpAddress | undefined {
  const canonical = isIpv4Mapped(bytes) ? bytes.subarray(12) : bytes;
  return isIpAddress(canonical) ? canonical : undefined;
}

/** Whether 16 bytes are in ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
function isIpv4Mapped(bytes: Uint8Array): boolean {
  if (bytes.length !== 16 || bytes[10] !== 0xff || bytes[11] !== 0xff) return false;
  for (let i = 0; i < 10; i += 1) if (bytes[i] !== 0) return false;
  return true;
}

function isIpAddress(bytes: Uint8Array): bytes is IpAddress {
  return bytes.length === 4 || bytes.length === 16;
}

/** Whether anyone on the internet can have that address: it is not private, loopback, link-local or reserved. */
export function isPublicIpAddress(address: IpAddress): boolean {
  return ipaddr.fromByteArray([...address]).range() === 'unicast';
}

export function isIpv4(address: IpAddress): boolean {
  return address.length === 4;
}

/** A short map key that two equal addresses share. */
export function ipAddressKey(address: IpAddress): string {
  return toHex(address);
}

/**
 * A short map key of whom an address belongs to: an IPv4 address, or an IPv6 /64, the least that one customer of a
 * network gets. 16 bits a character.
 */
export function addressSourceKey(address: IpAddress): string {
  return isIpv4(address)
    ? String.fromCharCode(pair(address, 0), pair(address, 2))
    : String.fromCharCode(pair(address, 0), pair(address, 2), pair(address, 4), pair(address, 6));
}

function pair(address: IpAddress, offset: number): number {
  return ((address[offset] ?? 0) << 8) | (address[offset + 1] ?? 0);
}

export function formatIpAddress(address: IpAddress): string {
  return ipaddr.fromByteArray([...address]).toString();
}

/** `1.2.3.4:6881` or `[2001:db8::1]:6881`. */
export function formatEndpoint(endpoint: Endpoint): string {
  const host = formatIpAddress(endpoint.address);
  return isIpv4(endpoint.address) ? `${host}:${endpoint.port}` : `[${host}]:${endpoint.port}`;
}
