import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { formatIpAddress, isIpv4, parseIpAddress } from '../shared/endpoint.ts';

/** This machine's own address on its network, IPv4 before IPv6; undefined where it has none but loopback. */
export function networkAddress(): string | undefined {
  const outward = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    // fe80::/10 means nothing without its interface.
    .filter((address) => !address.internal && !address.address.startsWith('fe80:'));
  const preferred = outward.find((address) => address.family === 'IPv4') ?? outward[0];
  return preferred?.address;
}

/** The IP address of the public host, which trackers need in place of a name. Throws where it has none. */
export async function resolvePublicHost(host: string): Promise<string> {
  const literal = parseIpAddress(host);
  if (literal !== undefined) return formatIpAddress(literal);
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new Error(`EVERTORRENT_PUBLIC_HOST: the name ${host} has no address`, { cause: error });
  }
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
