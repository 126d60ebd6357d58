import { type IpAddress, isIpv4, parseIpAddress } from '../../shared/endpoint.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import type { StatedAddresses } from './parse-announce.ts';
import type { Announcer } from './sender.ts';

export type AnnouncedAddresses = readonly [IpAddress, ...IpAddress[]];

/**
 * The addresses that an announce speaks for. Those that it states count only for a publisher, or anyone could send a
 * swarm's traffic to anyone: `ip` (BEP 3) where the edge sees another address of the seed box than peers should dial,
 * `ipv4` and `ipv6` (BEP 7) to announce both families at once. Of one family the last stated counts; IPv4 comes first.
 * All others speak for the address that they connect from, whatever they state.
 */
export function announcedAddresses(
  announcer: Announcer,
  stated: StatedAddresses,
): Result<AnnouncedAddresses, 'stated-address-invalid' | 'address-unknown'> {
  if (!announcer.isPublisher) return accept([announcer.address]);
  let ipv4: IpAddress | undefined;
  let ipv6: IpAddress | undefined;
  const take = (address: IpAddress): void => {
    if (isIpv4(address)) ipv4 = address;
    else ipv6 = address;
  };
  if (stated.inPlace.length === 0 && announcer.address !== undefined) take(announcer.address);
  for (const text of [...stated.inPlace, ...stated.beside]) {
    const address = parseIpAddress(text);
    if (address === undefined) {
      return refuse('stated-address-invalid', 'ip, ipv4 or ipv6 is not an IP address');
    }
    take(address);
  }
  const [first, ...others] = [ipv4, ipv6].filter((address) => address !== undefined);
  return first === undefined
    ? refuse('address-unknown', 'the tracker cannot see your address')
    : accept([first, ...others]);
}
