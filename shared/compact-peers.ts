import { type Endpoint, ipAddressFromBytes } from './endpoint.ts';
import { invariant } from './invariant.ts';

/** Bytes of one compact peer: the address, then the port in two bytes of network order (BEP 23, BEP 7). */
export const COMPACT_IPV4_BYTES = 6;
export const COMPACT_IPV6_BYTES = 18;

/** One string of compact peers; all endpoints are of the family that `stride` names. */
export function encodeCompactPeers(
  endpoints: readonly Endpoint[],
  stride: typeof COMPACT_IPV4_BYTES | typeof COMPACT_IPV6_BYTES,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(endpoints.length * stride);
  endpoints.forEach((endpoint, index) => {
    invariant(endpoint.address.length === stride - 2, 'compact peers are of one address family');
    const offset = index * stride;
    bytes.set(endpoint.address, offset);
    bytes[offset + stride - 2] = endpoint.port >>> 8;
    bytes[offset + stride - 1] = endpoint.port & 0xff;
  });
  return bytes;
}

/** The endpoints in a string of compact peers, those with port 0 left out; `undefined` for a cut-off string. */
export function decodeCompactPeers(
  bytes: Uint8Array,
  stride: typeof COMPACT_IPV4_BYTES | typeof COMPACT_IPV6_BYTES,
): Endpoint[] | undefined {
  if (bytes.length % stride !== 0) return undefined;
  const endpoints: Endpoint[] = [];
  for (let offset = 0; offset < bytes.length; offset += stride) {
    const address = ipAddressFromBytes(bytes.slice(offset, offset + stride - 2));
    const port = ((bytes[offset + stride - 2] ?? 0) << 8) | (bytes[offset + stride - 1] ?? 0);
    if (address !== undefined && port > 0) endpoints.push({ address, port });
  }
  return endpoints;
}
