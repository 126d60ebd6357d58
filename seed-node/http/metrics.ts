import type { MetricFamily } from '../../shared/prometheus.ts';

/** What the seed box counts and measures. */
export interface SeedMetrics {
  readonly torrents: number;
  readonly peersByTransport: Readonly<Record<string, number>>;
  readonly slots: { readonly served: number; readonly waiting: number };
  /** Conversations that ended, by a fixed set of reasons. */
  readonly closedByReason: ReadonlyMap<string, number>;
  /** Bytes of pieces that went to peers. */
  readonly uploadedBytes: number;
  readonly webSeedBytes: number;
}

/** The metrics for Prometheus, with the memory that the process holds. */
export function seedMetricFamilies(metrics: SeedMetrics): MetricFamily[] {
  const { slots, peersByTransport, closedByReason, uploadedBytes, webSeedBytes } = metrics;
  return [
    {
      name: 'evertorrent_seed_torrents',
      help: 'Torrents in the library.',
      type: 'gauge',
      samples: [{ labels: {}, value: metrics.torrents }],
    },
    {
      name: 'evertorrent_seed_peers',
      help: 'Peers connected now, by transport.',
      type: 'gauge',
      samples: Object.entries(peersByTransport).map(([transport, value]) => ({
        labels: { transport },
        value,
      })),
    },
    {
      name: 'evertorrent_seed_upload_slots',
      help: 'Peers that have an upload slot, or wait for one.',
      type: 'gauge',
      samples: [
        { labels: { state: 'served' }, value: slots.served },
        { labels: { state: 'waiting' }, value: slots.waiting },
      ],
    },
    {
      name: 'evertorrent_seed_closed_peers_total',
      help: 'Conversations with peers that ended, by reason.',
      type: 'counter',
      samples: [...closedByReason].map(([reason, value]) => ({ labels: { reason }, value })),
    },
    {
      name: 'evertorrent_seed_uploaded_bytes_total',
      help: 'Bytes of pieces sent, by way.',
      type: 'counter',
      samples: [
        { labels: { way: 'peers' }, value: uploadedBytes },
        { labels: { way: 'web-seed' }, value: webSeedBytes },
      ],
    },
    {
      name: 'evertorrent_seed_resident_memory_bytes',
      help: 'Memory that the process holds.',
      type: 'gauge',
      samples: [{ labels: {}, value: process.memoryUsage.rss() }],
    },
  ];
}
