import { InvalidArgumentError } from 'commander';
import { BLOCK_BYTES } from '../../shared/pieces.ts';
import { isV2PieceLength } from '../../shared/torrent-info.ts';
import { MAX_URL_LENGTH, TRACKER_URL, WEB_SEED_URL } from '../../shared/torrent-urls.ts';
import { MAX_HASH_THREADS } from '../hashing/hashing-threads.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** `262144`, `256KiB`, `256k`, `1MiB`: a power of two from 16 KiB to 1 GiB, in bytes. */
export function parsePieceLength(text: string): number {
  const [, digits, unit = ''] = /^([0-9]{1,10})\s*(?:([kmg])(?:i?b)?|b)?$/i.exec(text) ?? [];
  const bytes = digits === undefined ? 0 : Number(digits) * (UNITS[unit.toLowerCase()] ?? 0);
  if (!isV2PieceLength(bytes)) {
    throw new InvalidArgumentError(
      `A piece length is a power of two from ${BLOCK_BYTES / 1024}KiB to 1GiB, such as 256KiB or 1MiB.`,
    );
  }
  return bytes;
}

export function parseTracker(url: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), checkUrl(url, TRACKER_URL, 'http, https, ws, wss or udp')];
}

export function parseWebSeed(url: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), checkUrl(url, WEB_SEED_URL, 'http, https or ftp')];
}

export function parseGlob(glob: string, before: readonly string[] | undefined): string[] {
  if (glob === '') throw new InvalidArgumentError('It is empty.');
  return [...(before ?? []), glob.replace(/\/+$/, '')];
}

/** A moment in ISO 8601, as whole seconds since 1970. Without a time zone it is UTC, the same on every machine. */
export function parseDate(text: string): number {
  const isIso = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?$/.test(text);
  const hasZone = /(Z|[+-][0-9]{2}:[0-9]{2})$/.test(text) || !text.includes('T');
  const ms = isIso ? Date.parse(hasZone ? text : `${text}Z`) : Number.NaN;
  if (!(ms >= 0)) {
    throw new InvalidArgumentError(
      'A date is like 2026-01-31 or 2026-01-31T12:00:00Z, and from 1970 on.',
    );
  }
  return Math.floor(ms / 1000);
}

export function parseThreads(text: string): number {
  const threads = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  if (threads < 1 || threads > MAX_HASH_THREADS) {
    throw new InvalidArgumentError(`Threads are 1 to ${MAX_HASH_THREADS}.`);
  }
  return threads;
}

export function parseLine(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  if (!text.isWellFormed()) throw new InvalidArgumentError('It is not UTF-8.');
  return text;
}

function checkUrl(url: string, pattern: RegExp, schemes: string): string {
  if (!pattern.test(url) || URL.parse(url) === null) {
    throw new InvalidArgumentError(`It is not a URL of ${schemes}.`);
  }
  if (url.length > MAX_URL_LENGTH) {
    throw new InvalidArgumentError(`It is longer than ${MAX_URL_LENGTH} characters.`);
  }
  return url;
}
