import { isPublicIpAddress, parseIpAddress } from '../../shared/endpoint.ts';
import { networkAddresses } from '../network-address.ts';
import { defaultGateway } from './default-gateway.ts';
import type { Gateway } from './gateway.ts';
import { PORT_CONTROL_PORT, PortControlGateway } from './port-control-gateway.ts';
import { UpnpGateway } from './upnp-gateway.ts';

/** The ways to ask this network's router for ports; none where this machine has a public address, and no NAT. */
export async function routerGateways(): Promise<readonly Gateway[]> {
  const ourAddress = parseIpAddress(networkAddresses().ipv4 ?? '');
  if (ourAddress === undefined || isPublicIpAddress(ourAddress)) return [];
  const router = await defaultGateway();
  const upnp = new UpnpGateway();
  // Not to a machine of somebody else's network.
  if (router === undefined || isPublicIpAddress(router)) return [upnp];
  return [new PortControlGateway({ address: router, port: PORT_CONTROL_PORT }), upnp];
}
