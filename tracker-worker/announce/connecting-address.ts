import { hexDigitValue } from '../../shared/bytes.ts';
import { type IpAddress, ipAddressFromBytes, parseIpAddress } from '../../shared/endpoint.ts';

/**
 * The address that a request came from, as `CF-Connecting-IP` names it, which Cloudflare sets and a client cannot;
 * `undefined` where that names none.
 */
export function connectingAddress(headers: Headers): IpAddress | undefined {
  const text = headers.get('cf-connecting-ip');
  return text === null ? undefined : (parsePlainAddress(text) ?? parseIpAddress(text));
}

/**
 * The address that plain decimals or hexadecimal groups write, as Cloudflare does; `undefined` for any other text,
 * which may still be an address. The general parser takes up to 17 µs, more than all the rest of an announce.
 */
export function parsePlainAddress(text: string): IpAddress | undefined {
  return text.includes(':') ? parseGroups(text) : parseDecimals(text);
}

const IPV4_BYTES = 4;
const CODE = { dot: 0x2e, zero: 0x30 } as const;

function parseDecimals(text: string): IpAddress | undefined {
  const bytes = new Uint8Array(IPV4_BYTES);
  let position = 0;
  for (let i = 0; i < IPV4_BYTES; i += 1) {
    if (i > 0) {
      if (text.charCodeAt(position) !== CODE.dot) return undefined;
      position += 1;
    }
    const start = position;
    let number = 0;
    for (; position < text.length; position += 1) {
      const digit = text.charCodeAt(position) - CODE.zero;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
    }
    const hasLeadingZero = position > start + 1 && text.charCodeAt(start) === CODE.zero;
    if (position === start || hasLeadingZero || number > 0xff) return undefined;
    bytes[i] = number;
  }
  return position === text.length ? ipAddressFromBytes(bytes) : undefined;
}

const IPV6_BYTES = 16;

function parseGroups(text: string): IpAddress | undefined {
  const bytes = new Uint8Array(IPV6_BYTES);
  let length = 0;
  let gapStart = text.startsWith('::') ? 0 : undefined;
  let position = gapStart === undefined ? 0 : 2;
  while (position < text.length) {
    const start = position;
    let group = 0;
    for (; position < text.length; position += 1) {
      const digit = hexDigitValue(text.charCodeAt(position));
      if (digit === undefined) break;
      group = group * 16 + digit;
    }
    const digits = position - start;
    if (digits < 1 || digits > 4 || length === IPV6_BYTES) return undefined;
    bytes[length] = group >>> 8;
    bytes[length + 1] = group & 0xff;
    length += 2;
    if (position === text.length) break;

    if (text[position] !== ':') return undefined;
    position += 1;
    if (text[position] === ':') {
      if (gapStart !== undefined) return undefined;
      gapStart = length;
      position += 1;
    } else if (position === text.length) return undefined;
  }

  if (gapStart === undefined) {
    return length === IPV6_BYTES ? ipAddressFromBytes(bytes) : undefined;
  }
  // `::` stands for at least one group of zeros.
  if (length === IPV6_BYTES) return undefined;
  const gapEnd = IPV6_BYTES - (length - gapStart);
  bytes.copyWithin(gapEnd, gapStart, length).fill(0, gapStart, gapEnd);
  return ipAddressFromBytes(bytes);
}
