import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { assetHeaders } from '../../shared/asset-headers.ts';
import { isNoneMatch } from '../http/entity-tag.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

interface Asset {
  readonly headers: Readonly<Record<string, string>>;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/**
 * The static assets of the Worker, by path, in memory: a few hundred kilobytes. Deployed, Cloudflare's network serves
 * them; miniflare would send every announce through two Workers more, at half the speed.
 */
export class StaticAssets {
  readonly #assets: ReadonlyMap<string, Asset>;

  private constructor(assets: ReadonlyMap<string, Asset>) {
    this.#assets = assets;
  }

  /** Reads all files in `dir`, but those that say how they are served (`_headers`). */
  static async load(dir: string): Promise<StaticAssets> {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('_'));
    const assets = await Promise.all(
      files.map(async ({ parentPath, name }): Promise<[string, Asset]> => {
        const file = join(parentPath, name);
        const path = file.slice(dir.length).split(sep).join('/');
        return [path, await readAsset(file, path)];
      }),
    );
    return new StaticAssets(new Map(assets));
  }

  /** Answers a request for an asset; `false` where there is none at its path. */
  answer({ method, url = '', headers }: IncomingMessage, outgoing: ServerResponse): boolean {
    const asset = this.#assets.get(url.split('?', 1)[0] ?? '');
    if (asset === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
    if (isNoneMatch(headers['if-none-match'], asset.headers['etag'] ?? '')) {
      outgoing.writeHead(304, asset.headers).end();
      return true;
    }
    const isGzipped = /\bgzip\b/.test(String(headers['accept-encoding']));
    const body = isGzipped ? asset.gzipped : asset.plain;
    outgoing.writeHead(200, {
      ...asset.headers,
      ...(isGzipped ? { 'content-encoding': 'gzip' } : {}),
      'content-length': body.length,
    });
    outgoing.end(method === 'HEAD' ? undefined : body);
    return true;
  }
}

async function readAsset(file: string, path: string): Promise<Asset> {
  const plain = await readFile(file);
  const headers = {
    ...assetHeaders(path),
    'content-type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(plain).digest('hex').slice(0, 32)}"`,
    vary: 'accept-encoding',
  };
  return { headers, plain, gzipped: await promisify(gzip)(plain) };
}
