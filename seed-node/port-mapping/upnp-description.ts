/** What gives ports away, in the order of choice: UPnP IGD 2, IGD 1, and routers that dial in by PPP. */
const SERVICE_TYPES = [
  'urn:schemas-upnp-org:service:WANIPConnection:2',
  'urn:schemas-upnp-org:service:WANIPConnection:1',
  'urn:schemas-upnp-org:service:WANPPPConnection:1',
];

export interface UpnpService {
  readonly type: string;
  readonly controlUrl: URL;
}

/**
 * The service that gives ports away, in a router's description (UPnP Device Architecture 1.1, section 2.3); undefined
 * where there is none. No general XML: services are flat lists of texts. Its URL is never on another host: a router
 * speaks for itself.
 */
export function upnpServiceIn(description: string, location: URL): UpnpService | undefined {
  const services = description
    .split(/<service>/i)
    .slice(1)
    .map((text) => ({ type: textOf(text, 'serviceType'), url: textOf(text, 'controlURL') }));
  for (const type of SERVICE_TYPES) {
    const service = services.find((each) => each.type === type);
    const controlUrl = service && URL.parse(service.url, location.href);
    if (controlUrl?.protocol === 'http:' && controlUrl.hostname === location.hostname) {
      return { type, controlUrl };
    }
  }
  return undefined;
}

/** The text of the first such element; empty where there is none. */
export function textOf(xml: string, element: string): string {
  const [, text = ''] = new RegExp(`<${element}>([^<]*)<`, 'i').exec(xml) ?? [];
  return text.trim().replaceAll('&amp;', '&');
}
