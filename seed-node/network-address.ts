import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import {
  addressSourceKey,
  formatIpAddress,
  type IpAddress,
  isIpv4,
  isPublicIpAddress,
  parseIpAddress,
} from '../shared/endpoint.ts';

/** Addresses of one host, one of each family at most. */
export interface HostAddresses {
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
}

/** This machine's own addresses on its network, never loopback; a public one before others of its family. */
export function networkAddresses(): HostAddresses {
  return firstOfEach(
    Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      // fe80::/10 means nothing without its interface.
      .filter((address) => !address.internal && !address.address.startsWith('fe80:'))
      .map((address) => parseIpAddress(address.address))
      .filter((address) => address !== undefined)
      .toSorted((a, b) => Number(isPublicIpAddress(b)) - Number(isPublicIpAddress(a))),
  );
}

/** This machine's own address on its network, IPv4 before IPv6; undefined where it has none but loopback. */
export function networkAddress(): string | undefined {
  const { ipv4, ipv6 } = networkAddresses();
  return ipv4 ?? ipv6;
}

/** The IPv6 address under which the internet knows this machine, where it has one now. */
export function publicIpv6Address(): string | undefined {
  const { ipv6 } = networkAddresses();
  const address = ipv6 === undefined ? undefined : parseIpAddress(ipv6);
  return address !== undefined && isPublicIpAddress(address) ? ipv6 : undefined;
}

/** The IP addresses of the public host, which trackers need in place of a name. Throws where it has none. */
export async function resolvePublicHost(host: string): Promise<HostAddresses> {
  const literal = parseIpAddress(host);
  if (literal !== undefined) return firstOfEach([literal]);
  try {
    const found = await lookup(host, { all: true });
    return firstOfEach(
      found
        .map(({ address }) => parseIpAddress(address))
        .filter((address) => address !== undefined),
    );
  } catch (error) {
    throw new Error(`EVERTORRENT_PUBLIC_HOST: the name ${host} has no address`, { cause: error });
  }
}

function firstOfEach(addresses: readonly IpAddress[]): HostAddresses {
  const ipv4 = addresses.find((address) => isIpv4(address));
  const ipv6 = addresses.find((address) => !isIpv4(address));
  return {
    ipv4: ipv4 && formatIpAddress(ipv4),
    ipv6: ipv6 && formatIpAddress(ipv6),
  };
}

/** Whom a remote address belongs to, as a key; what is no address (a browser may hide its own) stands for itself. */
export function addressSourceOf(text: string): string {
  const address = parseIpAddress(text);
  return address === undefined ? text : addressSourceKey(address);
}

/** Whether a server that listens on `host` is reached from this machine only. */
export function isLoopback(host: string): boolean {
  const address = parseIpAddress(host);
  if (address === undefined) return /^(.+\.)?localhost$/i.test(host);
  return isIpv4(address) ? address[0] === 127 : formatIpAddress(address) === '::1';
}

/** Whether `host` stands for all addresses of this machine. */
export function isWildcard(host: string): boolean {
  return parseIpAddress(host)?.every((byte) => byte === 0) === true;
}

/** The origin under which clients reach a server that listens on `host`. */
export function originOf(host: string, port: number): string {
  const reachable = isWildcard(host) ? (networkAddress() ?? '127.0.0.1') : host;
  const literal = parseIpAddress(reachable);
  const isIpv6 = literal !== undefined && !isIpv4(literal);
  return `http://${isIpv6 ? `[${reachable}]` : reachable}:${port}`;
}
