import { type IpAddress, parseIpAddress } from '../../../shared/endpoint.ts';
import { type InfoHash, infoHashFromHex } from '../../../shared/info-hash.ts';
import { invariant } from '../../../shared/invariant.ts';
import { type PeerId, peerIdFromBytes } from '../../../shared/peer-id.ts';
import type { Result } from '../../../shared/result.ts';
import { encodeLatin1 } from '../../../shared/text.ts';

/** The value that a test cannot do without. */
export function required<T>(value: T | undefined): T {
  invariant(value !== undefined, 'the test has its value');
  return value;
}

/** The value of a result that a test needs to be one. */
export function accepted<T>(result: Result<T>): T {
  invariant(result.ok, `the input is accepted: ${JSON.stringify(result)}`);
  return result.value;
}

/** Code and place of a refusal; `accepted` where there is none. */
export function refusalOf(result: Result<unknown>): { code: string; at: string | undefined } {
  return result.ok
    ? { code: 'accepted', at: undefined }
    : { code: result.refusal.code, at: result.refusal.at };
}

export function infoHash(hex: string): InfoHash {
  return required(infoHashFromHex(hex));
}

export function peerId(text: string): PeerId {
  return required(peerIdFromBytes(encodeLatin1(text)));
}

export function ipAddress(text: string): IpAddress {
  return required(parseIpAddress(text));
}
