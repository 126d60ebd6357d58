import { createServer, type Server } from 'node:http';
import type { TransportName } from '../transport/peers.ts';

/** What the seed box says of itself to load balancers and monitors. */
export interface SeedHealth {
  readonly torrents: number;
  readonly peers: number;
  readonly peersByTransport: Readonly<Record<TransportName, number>>;
  readonly uploadedBytes: number;
}

/** Starts the seed box's own HTTP server: `GET /healthz`. Returns it with its port; throws where that is taken. */
export async function startSeedServer(
  host: string,
  port: number,
  health: () => SeedHealth,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isHealth = request.url === '/healthz';
    const status = !isHealth ? 404 : isRead ? 200 : 405;
    const body = status === 200 ? { status: 'ok', ...health() } : { status };
    response
      .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(request.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : port };
}
