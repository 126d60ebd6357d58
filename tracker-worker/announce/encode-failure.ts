import { decodeLatin1, encodeLatin1, encodeUtf8 } from '../../shared/text.ts';
import type { Retry } from './retry-of.ts';

/**
 * A refusal: `failure reason` (BEP 3) with `retry in` minutes or `never` (BEP 31), and the intervals that
 * libtorrent and Transmission honour on failures in its place.
 */
export function encodeFailure(reason: string, retry: Retry): Uint8Array<ArrayBuffer> {
  const reasonBytes = decodeLatin1(encodeUtf8(reason));
  const minutes = retry === 'never' ? 'never' : String(Math.max(1, Math.ceil(retry.seconds / 60)));
  const intervals =
    retry === 'never' ? '' : `8:intervali${retry.seconds}e12:min intervali${retry.seconds}e`;
  return encodeLatin1(
    `d14:failure reason${reasonBytes.length}:${reasonBytes}${intervals}8:retry in${minutes.length}:${minutes}e`,
  );
}
