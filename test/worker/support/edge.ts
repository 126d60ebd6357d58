import { exports } from 'cloudflare:workers';

export const ORIGIN = 'https://edge.example';
const PUBLISHER_TOKEN = 'a-publisher-token';
export const AUTHORIZED = { authorization: `Bearer ${PUBLISHER_TOKEN}` };

/** A request to the whole Worker, as a client at 192.0.2.1 sends it. */
export async function fetchEdge(
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {},
): Promise<Response> {
  const headers = { 'cf-connecting-ip': '192.0.2.1', ...init.headers };
  return exports.default.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }));
}

export async function publish(torrent: Uint8Array): Promise<Response> {
  return fetchEdge('/api/torrents', { method: 'POST', headers: AUTHORIZED, body: torrent });
}
