import { createSocket } from 'node:dgram';
import { isPublicIpAddress, parseIpAddress } from '../../shared/endpoint.ts';

/** SSDP (UPnP Device Architecture 1.1, section 1.3.2). */
const SSDP = { address: '239.255.255.250', port: 1900 } as const;
const SEARCH_TARGETS = [
  'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
  'urn:schemas-upnp-org:device:InternetGatewayDevice:2',
];
/** Devices take up to the two seconds of `MX` to answer. */
const ANSWERS_WITHIN_MS = 3_000;

/** Asks the local network for routers; returns where the first one describes itself. Throws where none answers. */
export async function findUpnpRouter(
  signal: AbortSignal,
  ssdp: { readonly address: string; readonly port: number } = SSDP,
): Promise<URL> {
  const socket = createSocket({ type: 'udp4', signal });
  try {
    return await new Promise<URL>((resolve, reject) => {
      const giveUp = setTimeout(
        () => reject(new Error('No router answers to UPnP')),
        ANSWERS_WITHIN_MS,
      );
      socket.on('close', () => {
        clearTimeout(giveUp);
        reject(new Error('Given up'));
      });
      socket.on('error', reject);
      socket.on('message', (bytes, { address }) => {
        const location = locationIn(bytes.toString('latin1'), address);
        if (location !== undefined) resolve(location);
      });
      for (const target of SEARCH_TARGETS) {
        const lines = [
          'M-SEARCH * HTTP/1.1',
          `HOST: ${ssdp.address}:${ssdp.port}`,
          'MAN: "ssdp:discover"',
          'MX: 2',
          `ST: ${target}`,
          '',
          '',
        ];
        socket.send(lines.join('\r\n'), ssdp.port, ssdp.address);
      }
    });
  } finally {
    if (!signal.aborted) socket.close();
  }
}

/**
 * Where a router that answered from `sender` describes itself: on itself, in our own network, over HTTP. All else
 * would let any machine of the network send us to another one.
 */
export function locationIn(answer: string, sender: string): URL | undefined {
  if (!answer.startsWith('HTTP/1.1 200')) return undefined;
  if (!/^st: *urn:schemas-upnp-org:device:InternetGatewayDevice:[12]\r?$/im.test(answer)) {
    return undefined;
  }
  const [, text = ''] = /^location: *(\S+)\r?$/im.exec(answer) ?? [];
  const url = URL.parse(text);
  const address = parseIpAddress(sender);
  const isItself = url?.protocol === 'http:' && url.hostname === sender;
  if (!isItself || address === undefined || isPublicIpAddress(address)) return undefined;
  return url;
}
