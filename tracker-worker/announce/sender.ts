import type { IpAddress } from '../../shared/endpoint.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { checkPublisherToken } from '../publisher-token.ts';
import { connectingAddress } from './connecting-address.ts';
import type { RequestLimiter } from './request-limiter.ts';

/** What decides who is served. */
export interface Gate {
  readonly limiter: RequestLimiter;
  readonly nowMs: () => number;
}

/** Who sent an announce. The address is the one that the request came from. */
export type Announcer =
  | { readonly isPublisher: false; readonly address: IpAddress }
  | { readonly isPublisher: true; readonly address: IpAddress | undefined };

export type SenderRefusalCode = 'address-unknown' | 'too-many-requests' | 'token-refused';

/** The address that a request came from, where it may ask so often. */
export function admitSender(
  headers: Headers,
  { limiter, nowMs }: Gate,
): Result<IpAddress, Exclude<SenderRefusalCode, 'token-refused'>> {
  const address = connectingAddress(headers);
  if (address === undefined) {
    return refuse('address-unknown', 'the tracker cannot see your address');
  }
  return limiter.admit(address, nowMs())
    ? accept(address)
    : refuse('too-many-requests', 'too many requests from your address, announce less often');
}

/**
 * Tells publishers from strangers. A seed box announces as many torrents as it has, so that the publisher token
 * exempts it from the limit; one with a wrong token is a stranger who counts, and is refused.
 */
export async function identifyAnnouncer(
  headers: Headers,
  publisherToken: string | undefined,
  gate: Gate,
): Promise<Result<Announcer, SenderRefusalCode>> {
  const authorization = headers.get('authorization');
  const isPublisher =
    authorization !== null &&
    (await checkPublisherToken(authorization, publisherToken)) === 'right';
  if (isPublisher) return accept({ isPublisher, address: connectingAddress(headers) });
  const address = admitSender(headers, gate);
  if (!address.ok) return address;
  if (authorization !== null) return refuse('token-refused', 'the publisher token is wrong');
  return accept({ isPublisher, address: address.value });
}
