import { encodeMetainfo } from '../../../shared/metainfo.ts';
import { encodeInfo } from '../../../shared/torrent-info.ts';
import { AUTHORIZED } from './edge.ts';

const FILE_BYTES = 5;

/** Registers a torrent of 5-byte files that nobody has, for a page to show; returns its info-hash. */
export async function register(
  edgeUrl: string,
  name: string,
  paths: readonly (readonly string[])[] = [[]],
): Promise<string> {
  const extentBytes = FILE_BYTES * paths.length;
  const info = encodeInfo({
    format: 'v1',
    name,
    extentBytes,
    source: undefined,
    isFolder: paths.length > 1,
    files: paths.map((path, index) => ({
      path,
      lengthBytes: FILE_BYTES,
      offsetBytes: FILE_BYTES * index,
    })),
    pieceLengthBytes: 16_384,
    pieceHashes: new Uint8Array(20 * Math.ceil(extentBytes / 16_384)),
    isPrivate: false,
  });
  const body = encodeMetainfo(info, { trackers: [], webSeeds: [], pieceLayers: undefined });
  const answer = await askEdge(edgeUrl, 'POST', '/api/torrents', body);
  return String(Reflect.get(Object(answer), 'infoHash'));
}

/** Asks the API as the operator; throws what it refuses. */
export async function askEdge(
  edgeUrl: string,
  method: string,
  path: string,
  body?: Uint8Array<ArrayBuffer> | string,
): Promise<unknown> {
  const response = await fetch(edgeUrl + path, {
    method,
    headers: AUTHORIZED,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
