import { createServer, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { formatMetrics, PROMETHEUS_CONTENT_TYPE } from '../../shared/prometheus.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { type ApiComponents, apiRoutes } from './api-routes.ts';
import { limitConnections } from './connection-limits.ts';
import type { TransportName } from '../transport/peers.ts';
import { type SeedMetrics, seedMetricFamilies } from './metrics.ts';
import { type WebSeedComponents, webSeedRoutes } from './web-seed-routes.ts';

/** Of a request's headers, its target included. */
const MAX_HEADER_BYTES = 16 * 1024;

/** What the seed box says of itself to load balancers and monitors. */
export interface SeedHealth {
  readonly torrents: number;
  readonly peers: number;
  readonly peersByTransport: Readonly<Record<TransportName, number>>;
  readonly uploadedBytes: number;
}

export interface SeedServerComponents extends WebSeedComponents {
  readonly health: () => SeedHealth;
  /** What `health` does not say. */
  readonly peers: Pick<SeedMetrics, 'slots' | 'closedByReason'>;
  /** Undefined: nothing is published through this server. */
  readonly api?: ApiComponents;
}

/**
 * Starts the seed box's own HTTP server: `GET /healthz`, `GET /metrics`, the web seed and the API. Returns it with its port;
 * throws where that is taken.
 */
export async function startSeedServer(
  host: string,
  port: number,
  { health, peers, torrents, log, throttle, onSent, verifiedAtMs, api }: SeedServerComponents,
): Promise<{ readonly server: Server; readonly port: number }> {
  let webSeedBytes = 0;
  const count = (bytes: number, infoHash: InfoHash): void => {
    webSeedBytes += bytes;
    onSent(bytes, infoHash);
  };
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/healthz', (c) =>
    c.json({ status: 'ok', ...health(), webSeedBytes }, 200, { 'cache-control': 'no-store' }),
  );
  app.get('/metrics', (c) => {
    const { slots, closedByReason } = peers;
    const families = seedMetricFamilies({ ...health(), slots, closedByReason, webSeedBytes });
    return c.body(formatMetrics(families), 200, {
      'cache-control': 'no-store',
      'content-type': PROMETHEUS_CONTENT_TYPE,
    });
  });
  app.on('ALL', ['/healthz', '/metrics'], (c) =>
    c.json({ status: 405 }, 405, { 'cache-control': 'no-store' }),
  );
  app.route(
    '/',
    webSeedRoutes({
      torrents,
      log,
      throttle,
      onSent: count,
      ...(verifiedAtMs === undefined ? {} : { verifiedAtMs }),
    }),
  );
  if (api !== undefined) app.route('/', apiRoutes(api));
  app.notFound((c) => c.json({ status: 404 }, 404, { 'cache-control': 'no-store' }));
  app.onError((error, c) => {
    log.error('The HTTP server failed to answer', error);
    return c.json({ status: 500 }, 500, { 'cache-control': 'no-store' });
  });

  const listener = getRequestListener(app.fetch, {
    hostname: 'localhost',
    overrideGlobalObjects: false,
  });
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, outgoing) => {
    void listener(incoming, outgoing);
  });
  limitConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : port };
}
