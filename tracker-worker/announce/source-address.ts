import { type IpAddress, parseIpAddress } from '../../shared/endpoint.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { checkPublisherToken } from '../publisher-token.ts';

/** The request headers that say where an announce comes from and on whose behalf. */
export interface AnnounceSender {
  /** `CF-Connecting-IP`, which Cloudflare sets and a client cannot. */
  readonly connectingIp: string | undefined;
  readonly authorization: string | undefined;
}

export type SourceRefusalCode = 'token-refused' | 'stated-address-invalid' | 'address-unknown';

/**
 * The address that an announce speaks for: the one it came from. `ip` (BEP 3) counts only beside the publisher token,
 * or anyone could send a swarm's traffic to anyone; a seed box needs it where the edge sees another address of it.
 */
export async function sourceAddress(
  sender: AnnounceSender,
  statedAddress: string | undefined,
  publisherToken: string | undefined,
): Promise<Result<IpAddress, SourceRefusalCode>> {
  if (sender.authorization !== undefined) {
    const check = await checkPublisherToken(sender.authorization, publisherToken);
    if (check !== 'right') return refuse('token-refused', 'the publisher token is wrong');
    if (statedAddress !== undefined) {
      const stated = parseIpAddress(statedAddress);
      return stated === undefined
        ? refuse('stated-address-invalid', 'ip is not an IP address')
        : accept(stated);
    }
  }
  const address = parseIpAddress(sender.connectingIp ?? '');
  return address === undefined
    ? refuse('address-unknown', 'the tracker cannot see your address')
    : accept(address);
}
