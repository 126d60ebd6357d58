import type { EverseedReport } from '../../shared/everseed.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { decodeUtf8 } from '../../shared/text.ts';
import { MAX_URL_LENGTH } from '../../shared/torrent-urls.ts';

export const MAX_REPORT_BYTES = 4096;
const MAX_TRANSPORTS = 8;
const MAX_HEALTH_FIGURES = 16;

/** Parses the `:id` that a seed box gives itself. */
export function parseEverseedId(text: string): Result<string, 'bad-id'> {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text)
    ? accept(text)
    : refuse('bad-id', 'an id is 1 to 64 letters, digits, - and _');
}

/** Parses the body of a heartbeat: `{"url": …, "transports": […], "health": {…}, "accessKey": …}`. */
export function parseEverseedReport(body: Uint8Array): Result<EverseedReport, 'bad-body'> {
  const value = parseJson(decodeUtf8(body) ?? '');
  if (typeof value !== 'object' || value === null) {
    return refuse('bad-body', 'the body is not a JSON object in UTF-8');
  }
  const url = parseBaseUrl(Reflect.get(value, 'url'));
  if (url === undefined) {
    return refuse('bad-body', 'it is not an http or https URL without a query', 'url');
  }
  const transports: unknown = Reflect.get(value, 'transports');
  if (!isTransports(transports)) {
    return refuse('bad-body', 'it is not a list of at most 8 short names', 'transports');
  }
  const health: unknown = Reflect.get(value, 'health');
  if (!isHealth(health)) {
    return refuse('bad-body', 'it is not an object of at most 16 numbers', 'health');
  }
  const accessKey: unknown = Reflect.get(value, 'accessKey') ?? undefined;
  if (accessKey === undefined) return accept({ url, transports, health });
  if (!isAccessKey(accessKey)) {
    return refuse('bad-body', 'it is not 32 to 128 letters, digits, - and _', 'accessKey');
  }
  return accept({ url, transports, health, accessKey });
}

/** The URL without a slash at its end. */
function parseBaseUrl(value: unknown): string | undefined {
  const url = typeof value === 'string' && value.length <= MAX_URL_LENGTH ? URL.parse(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.search + url.hash + url.username + url.password !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

/** It travels in an HTTP header. */
function isAccessKey(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{32,128}$/.test(value);
}

function isTransports(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= MAX_TRANSPORTS && value.every(isTransport);
}

function isTransport(name: unknown): boolean {
  return typeof name === 'string' && /^[a-z0-9-]{1,16}$/.test(name);
}

function isHealth(value: unknown): value is Record<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const figures = Object.entries(value);
  return (
    figures.length <= MAX_HEALTH_FIGURES &&
    figures.every(
      ([name, figure]) => /^[A-Za-z][A-Za-z0-9]{0,31}$/.test(name) && Number.isFinite(figure),
    )
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
