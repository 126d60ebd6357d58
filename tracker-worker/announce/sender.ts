import type { IpAddress } from '../../shared/endpoint.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import type { AnnounceTokens } from '../accounts/announce-tokens.ts';
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

/** What tells seed boxes from strangers besides. */
export interface AnnounceGate extends Gate {
  readonly announceTokens: AnnounceTokens;
}

/**
 * Tells publishers from strangers. A seed box announces as many torrents as it has, so that its token exempts it from
 * the limit; one with a wrong token is a stranger who counts, and is refused. So does a token that was not seen of
 * late, once: to ask for it costs a call.
 */
export async function identifyAnnouncer(
  headers: Headers,
  gate: AnnounceGate,
): Promise<Result<Announcer, SenderRefusalCode>> {
  const { announceTokens } = gate;
  const authorization = headers.get('authorization');
  if (authorization !== null && (await announceTokens.isBelieved(authorization))) {
    return accept({ isPublisher: true, address: connectingAddress(headers) });
  }
  const address = admitSender(headers, gate);
  if (!address.ok) return address;
  if (authorization === null) return accept({ isPublisher: false, address: address.value });
  return (await announceTokens.verify(authorization))
    ? accept({ isPublisher: true, address: address.value })
    : refuse('token-refused', 'the publisher token is wrong');
}
