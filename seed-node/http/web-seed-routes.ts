import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { type InfoHash, infoHashInUrl } from '../../shared/info-hash.ts';
import {
  MAX_WEB_SEED_TARGET_CHARACTERS,
  VERIFIED_AT_HEADER,
  WEB_SEED_CORS,
  WEB_SEED_PREFLIGHT,
  WEB_SEED_SAFETY,
} from '../../shared/web-seed-headers.ts';
import type { ActiveTorrent, ActiveTorrents } from '../library/active-torrents.ts';
import type { Log } from '../log.ts';
import { PieceWithheld } from '../storage/torrent-storage.ts';
import { Turns } from '../storage/turns.ts';
import type { UploadThrottle } from '../transport/upload-throttle.ts';
import { type ByteRange, parseRange } from './byte-range.ts';
import { contentTypeOf } from './content-type.ts';
import { isNoneMatch, isRangeStillGood } from './entity-tag.ts';
import { sendBytes } from './send-bytes.ts';
import { TorrentPaths, type WebSeedFile } from './torrent-paths.ts';

/** Blocks read at one time, of all transfers together. */
const MAX_CONCURRENT_READS = 16;
/** A client that met a bad piece looks whether it is restored no sooner. */
const RETRY_AFTER_SECONDS = '60';

export interface WebSeedComponents {
  readonly torrents: ActiveTorrents;
  readonly log: Log;
  /** Holds the upload to a rate, where one is set. */
  readonly throttle?: UploadThrottle | undefined;
  /** Told of bytes as they are sent, and of the swarm that their torrent is filed under. */
  readonly onSent: (bytes: number, infoHash: InfoHash) => void;
  /** When all of a torrent was last compared with its hashes, if that was ever done. */
  readonly verifiedAtMs?: (infoHash: InfoHash) => number | undefined;
}

/** The web seed (BEP 19): byte ranges of published files, out of verified pieces only (invariant 8). */
export function webSeedRoutes({
  torrents,
  log,
  throttle,
  onSent,
  verifiedAtMs,
}: WebSeedComponents): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const reads = new Turns(MAX_CONCURRENT_READS);
  const paths = new WeakMap<ActiveTorrent, TorrentPaths>();
  const pathsOf = (torrent: ActiveTorrent): TorrentPaths => {
    const known = paths.get(torrent) ?? new TorrentPaths(torrent.info);
    paths.set(torrent, known);
    return known;
  };

  app.options('/webseed/*', (c) => c.body(null, 204, WEB_SEED_PREFLIGHT));

  app.on(['GET', 'HEAD'], ['/webseed/*'], async (c) => {
    const { incoming, outgoing } = c.env;
    // As it was sent: a `?` may be part of a name.
    const target = incoming.url?.startsWith('/') === true ? incoming.url : c.req.path;
    if (target.length > MAX_WEB_SEED_TARGET_CHARACTERS)
      return c.text('The URL is too long\n', 414, WEB_SEED_CORS);
    const [, hex = '', path = ''] = /^\/webseed\/([^/?]*)\/?(.*)$/.exec(target) ?? [];
    const swarm = infoHashInUrl(hex);
    const torrent = swarm && torrents.find(swarm);
    const file = torrent && pathsOf(torrent).find(path);
    if (torrent === undefined || file === undefined) {
      return c.text('There is no such file here\n', 404, WEB_SEED_CORS);
    }

    const etag = `"${torrent.infoHash}-${file.key}"`;
    const verifiedMs = verifiedAtMs?.(torrent.infoHash);
    const headers = {
      ...headersOf(file, etag),
      ...(verifiedMs === undefined
        ? {}
        : { [VERIFIED_AT_HEADER]: new Date(verifiedMs).toISOString() }),
    };
    if (isNoneMatch(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
    const range: ByteRange =
      c.req.method === 'GET' && isRangeStillGood(c.req.header('if-range'), etag)
        ? parseRange(c.req.header('range'), file.lengthBytes)
        : { type: 'whole' };
    if (range.type === 'unsatisfiable') {
      const contentRange = `bytes */${file.lengthBytes}`;
      return c.text('One range inside the file is served at a time\n', 416, {
        ...WEB_SEED_CORS,
        'content-range': contentRange,
      });
    }
    const answer = describeAnswer(range, file);
    const writeHead = (): void => {
      outgoing.writeHead(answer.status, { ...headers, ...answer.headers });
    };
    if (c.req.method === 'HEAD' || answer.lengthBytes === 0) {
      writeHead();
      outgoing.end();
      return RESPONSE_ALREADY_SENT;
    }
    const offsetBytes =
      file.offsetBytes === undefined ? undefined : file.offsetBytes + answer.start;
    torrents.retain(torrent);
    try {
      const source = {
        torrent,
        offsetBytes,
        lengthBytes: answer.lengthBytes,
        reads,
        throttle,
        onSent: (bytes: number): void => onSent(bytes, torrent.infoHash),
      };
      await sendBytes(source, outgoing, writeHead);
    } catch (error) {
      if (!(error instanceof PieceWithheld)) log.error('The web seed failed to read', error);
      if (!outgoing.headersSent) {
        return c.text('The file is damaged here\n', 503, {
          ...WEB_SEED_CORS,
          'retry-after': RETRY_AFTER_SECONDS,
        });
      }
      // Cut off, so that nobody takes what was sent for the whole.
      outgoing.destroy();
    } finally {
      torrents.release(torrent);
    }
    return RESPONSE_ALREADY_SENT;
  });

  app.all('/webseed/*', (c) =>
    c.text('The web seed is read only\n', 405, { ...WEB_SEED_CORS, allow: 'GET, HEAD, OPTIONS' }),
  );
  return app;
}

interface Answer {
  readonly status: 200 | 206;
  readonly start: number;
  readonly lengthBytes: number;
  readonly headers: Readonly<Record<string, string>>;
}

function describeAnswer(
  range: Exclude<ByteRange, { type: 'unsatisfiable' }>,
  file: WebSeedFile,
): Answer {
  if (range.type === 'whole') {
    const { lengthBytes } = file;
    return { status: 200, start: 0, lengthBytes, headers: { 'content-length': `${lengthBytes}` } };
  }
  const { start, end } = range;
  const lengthBytes = end - start + 1;
  const headers = {
    'content-length': `${lengthBytes}`,
    'content-range': `bytes ${start}-${end}/${file.lengthBytes}`,
  };
  return { status: 206, start, lengthBytes, headers };
}

/** No `Last-Modified`: what an info-hash names never changes, and every seed box would have another. */
function headersOf(file: WebSeedFile, etag: string): Record<string, string> {
  return {
    ...WEB_SEED_CORS,
    ...WEB_SEED_SAFETY,
    'accept-ranges': 'bytes',
    etag,
    'content-type': contentTypeOf(file.name),
    // Ranges count the bytes of the file, not of a compressed one.
    'cache-control': 'public, max-age=31536000, immutable, no-transform',
  };
}
