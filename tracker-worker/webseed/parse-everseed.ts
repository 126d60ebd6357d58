import * as v from 'valibot';
import type { EverseedReport } from '../../shared/everseed.ts';
import type { Result } from '../../shared/result.ts';
import { MAX_URL_LENGTH } from '../../shared/torrent-urls.ts';
import { parseJsonBody } from '../api/parse-json-body.ts';

export const MAX_REPORT_BYTES = 4096;
const MAX_TRANSPORTS = 8;
const MAX_HEALTH_FIGURES = 16;

const BAD_ID = 'an id is 1 to 64 letters, digits, - and _';
const BAD_URL = 'it is not an http or https URL without a query';
const BAD_TRANSPORTS = 'it is not a list of at most 8 short names';
const BAD_KEY = 'it is not 32 to 128 letters, digits, - and _';
const BAD_HEALTH = 'it is not an object of at most 16 numbers';

/** The `:id` that a seed box gives itself. */
export const EVERSEED_ID = v.pipe(
  v.string(BAD_ID),
  v.regex(/^[A-Za-z0-9_-]{1,64}$/, BAD_ID),
  v.metadata({ code: 'bad-id' }),
  v.description('the seed box’s own choice: 1 to 64 letters, digits, - and _'),
);

/** The body of a heartbeat. */
export const EVERSEED_REPORT = v.object(
  {
    url: v.pipe(
      v.string(BAD_URL),
      v.maxLength(MAX_URL_LENGTH, BAD_URL),
      v.description('where its HTTP server is reached: http or https, without a query'),
      v.transform(parseBaseUrl),
      v.string(BAD_URL),
    ),
    transports: v.pipe(
      v.array(
        v.pipe(v.string(BAD_TRANSPORTS), v.regex(/^[a-z0-9-]{1,16}$/, BAD_TRANSPORTS)),
        BAD_TRANSPORTS,
      ),
      v.maxLength(MAX_TRANSPORTS, BAD_TRANSPORTS),
      v.description('how it serves: tcp, webrtc, http, uploads'),
    ),
    health: v.pipe(
      v.record(
        v.pipe(v.string(BAD_HEALTH), v.regex(/^[A-Za-z][A-Za-z0-9]{0,31}$/, BAD_HEALTH)),
        v.pipe(v.number(BAD_HEALTH), v.finite(BAD_HEALTH)),
        BAD_HEALTH,
      ),
      v.maxEntries(MAX_HEALTH_FIGURES, BAD_HEALTH),
      v.description('figures by name, at most 16'),
    ),
    accessKey: v.exactOptional(
      v.pipe(
        v.string(BAD_KEY),
        v.regex(/^[A-Za-z0-9_-]{32,128}$/, BAD_KEY),
        v.description('opens its API to this edge; it is shown to nobody'),
      ),
    ),
  },
  'the body is not a JSON object in UTF-8, or lacks a key',
);

export function parseEverseedReport(body: Uint8Array): Result<EverseedReport, 'bad-body'> {
  return parseJsonBody(EVERSEED_REPORT, body);
}

/** The URL without a slash at its end. */
function parseBaseUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.search + url.hash + url.username + url.password !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}
