import { type IpAddress, isIpv4, parseIpAddress } from '../../shared/endpoint.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import type { Announcer } from './sender.ts';

export type AnnouncedAddresses = readonly [IpAddress, ...IpAddress[]];

/**
 * The addresses that an announce speaks for. `ip` (BEP 3), `ipv4` and `ipv6` (BEP 7) count only for a publisher, or
 * anyone could send a swarm's traffic to anyone; a seed box needs them where the edge sees another address of it, and
 * to announce both families at once. Of one family the last stated counts; IPv4 comes first. All others speak for the
 * address that they connect from, whatever they state.
 */
export function announcedAddresses(
  announcer: Announcer,
  statedAddresses: readonly string[],
): Result<AnnouncedAddresses, 'stated-address-invalid' | 'address-unknown'> {
  if (!announcer.isPublisher) return accept([announcer.address]);
  let ipv4: IpAddress | undefined;
  let ipv6: IpAddress | undefined;
  for (const text of statedAddresses) {
    const stated = parseIpAddress(text);
    if (stated === undefined) {
      return refuse('stated-address-invalid', 'ip, ipv4 or ipv6 is not an IP address');
    }
    if (isIpv4(stated)) ipv4 = stated;
    else ipv6 = stated;
  }
  const [first, ...others] = [ipv4, ipv6].filter((address) => address !== undefined);
  if (first !== undefined) return accept([first, ...others]);
  return announcer.address === undefined
    ? refuse('address-unknown', 'the tracker cannot see your address')
    : accept([announcer.address]);
}
