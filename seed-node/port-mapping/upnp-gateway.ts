import { formatIpAddress, MAX_PORT, parseIpAddress } from '../../shared/endpoint.ts';
import { decodeUtf8 } from '../../shared/text.ts';
import { readBounded } from '../http/read-bounded.ts';
import { ourAddressTowards } from './ask-gateway.ts';
import { findUpnpRouter } from './find-upnp-router.ts';
import type { Gateway, Mapping, MappingRequest, OpenPort } from './gateway.ts';
import { textOf, type UpnpService, upnpServiceIn } from './upnp-description.ts';

const MAX_DESCRIPTION_BYTES = 128 * 1024;
const MAX_ANSWER_BYTES = 16 * 1024;
const TIMEOUT_MS = 5_000;
/** The port belongs to another machine: the next ones are tried. */
const CONFLICT = 718;
const MAX_PORTS_TRIED = 5;
/** Old routers know no leases. */
const ONLY_PERMANENT_LEASES = 725;

interface Router {
  readonly service: UpnpService;
  /** This machine's address in the router's network. */
  readonly ourAddress: string;
}

/** A router answered, and said no. */
class UpnpRefusal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`The router says no, with UPnP error ${code}`);
    this.code = code;
  }
}

/** A router that is asked by UPnP (Internet Gateway Device 1 and 2). */
export class UpnpGateway implements Gateway {
  readonly name = 'UPnP';
  readonly #find: (signal: AbortSignal) => Promise<URL>;
  #router: Router | undefined;

  constructor(find: (signal: AbortSignal) => Promise<URL> = findUpnpRouter) {
    this.#find = find;
  }

  async map(request: MappingRequest, signal: AbortSignal): Promise<Mapping> {
    try {
      this.#router ??= await describe(await this.#find(signal), signal);
      return await mapAt(this.#router, request, signal);
    } catch (error) {
      // It may have another address when it is looked for again.
      if (!(error instanceof UpnpRefusal)) this.#router = undefined;
      throw error;
    }
  }

  async unmap(
    { protocol, externalPort }: OpenPort & { readonly externalPort: number },
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#router === undefined) return;
    const values = {
      NewRemoteHost: '',
      NewExternalPort: externalPort,
      NewProtocol: protocol.toUpperCase(),
    };
    await call(this.#router.service, 'DeletePortMapping', values, signal);
  }
}

async function describe(location: URL, signal: AbortSignal): Promise<Router> {
  const response = await fetch(location, {
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const description = decodeUtf8(await readBounded(response, MAX_DESCRIPTION_BYTES)) ?? '';
  const service = upnpServiceIn(description, location);
  const address = parseIpAddress(location.hostname);
  if (service === undefined || address === undefined) {
    throw new Error('The router has no service that opens ports');
  }
  const router = { address, port: Number(location.port) || 80 };
  return { service, ourAddress: formatIpAddress(await ourAddressTowards(router, signal)) };
}

async function mapAt(
  router: Router,
  request: MappingRequest,
  signal: AbortSignal,
): Promise<Mapping> {
  let { externalPort, lifetimeSeconds } = request;
  for (let triedPorts = 1; ;) {
    const values = {
      NewRemoteHost: '',
      NewExternalPort: externalPort,
      NewProtocol: request.protocol.toUpperCase(),
      NewInternalPort: request.port,
      NewInternalClient: router.ourAddress,
      NewEnabled: 1,
      NewPortMappingDescription: 'Evertorrent',
      NewLeaseDuration: lifetimeSeconds,
    };
    try {
      await call(router.service, 'AddPortMapping', values, signal);
      return { externalPort, lifetimeSeconds: request.lifetimeSeconds };
    } catch (error) {
      const code = error instanceof UpnpRefusal ? error.code : 0;
      if (code === ONLY_PERMANENT_LEASES && lifetimeSeconds > 0) lifetimeSeconds = 0;
      else if (code === CONFLICT && triedPorts < MAX_PORTS_TRIED && externalPort < MAX_PORT) {
        externalPort += 1;
        triedPorts += 1;
      } else throw error;
    }
  }
}

/** Calls an action of a service (UPnP Device Architecture 1.1, section 3.2). The values need no escaping. */
async function call(
  { type, controlUrl }: UpnpService,
  action: string,
  values: Readonly<Record<string, string | number>>,
  signal: AbortSignal,
): Promise<void> {
  const inner = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
  const response = await fetch(controlUrl, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset="utf-8"', soapaction: `"${type}#${action}"` },
    body:
      '<?xml version="1.0"?>\r\n' +
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"' +
      ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>' +
      `<u:${action} xmlns:u="${type}">${inner.join('')}</u:${action}></s:Body></s:Envelope>\r\n`,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const answer = decodeUtf8(await readBounded(response, MAX_ANSWER_BYTES)) ?? '';
  if (response.status === 200) return;
  throw new UpnpRefusal(Number(textOf(answer, 'errorCode')));
}
