import { readFile } from 'node:fs/promises';
import { type IpAddress, ipAddressFromBytes } from '../../shared/endpoint.ts';

const IS_GATEWAY = 0x2;

/** The IPv4 router of this machine's network, as Linux knows it; undefined on other systems, or where there is none. */
export async function defaultGateway(): Promise<IpAddress | undefined> {
  try {
    return gatewayInRoutes(await readFile('/proc/net/route', 'latin1'));
  } catch {
    // Not Linux: UPnP finds the router by asking around.
    return undefined;
  }
}

/** The gateway of the default route in the text of `/proc/net/route`, whose addresses are written backwards. */
export function gatewayInRoutes(text: string): IpAddress | undefined {
  for (const line of text.split('\n').slice(1)) {
    const [, destination, gateway = '', flags = ''] = line.trim().split(/\s+/);
    const isDefault = destination === '00000000' && (Number.parseInt(flags, 16) & IS_GATEWAY) !== 0;
    if (!isDefault || !/^[0-9A-F]{8}$/i.test(gateway)) continue;
    return ipAddressFromBytes(Uint8Array.from(Buffer.from(gateway, 'hex')).toReversed());
  }
  return undefined;
}
