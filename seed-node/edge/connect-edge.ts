import { join } from 'node:path';
import type { SeedConfig } from '../config.ts';
import type { Log } from '../log.ts';
import type { PeerAddresses } from '../announce/peer-location.ts';
import {
  isLoopback,
  networkAddresses,
  originOf,
  publicIpv6Address,
  resolvePublicHost,
  type HostAddresses,
} from '../network-address.ts';
import { portTaken } from '../port-taken.ts';
import { loadPublisherToken } from '../publisher-token.ts';
import { EdgePortTaken, EmbeddedEdge } from './embedded-edge.ts';

/** Announces are free on one machine, and a client that must be dialled should not wait for half an hour. */
const EMBEDDED_ANNOUNCE_INTERVAL_SECONDS = 60;

/** The edge that a seed box works with. */
export interface ConnectedEdge {
  readonly url: string;
  readonly publisherToken: string;
  /** What peers should dial, now; with no `address` it is the one that the edge sees. */
  readonly peerAddresses: () => PeerAddresses;
  /** Nobody but this machine can open its links. */
  readonly isLocal: boolean;
  readonly stop: () => Promise<void>;
}

/** The deployed edge that is configured, or else the embedded one, started. Throws `PortTaken` where its port is. */
export async function connectEdge(config: SeedConfig, log: Log): Promise<ConnectedEdge> {
  const publicAddresses =
    config.publicHost === undefined ? undefined : await resolvePublicHost(config.publicHost);

  if (config.edgeUrl !== undefined) {
    if (config.publisherToken === undefined) {
      throw new Error('EVERTORRENT_PUBLISHER_TOKEN is not set: a deployed edge needs its token');
    }
    return {
      url: config.edgeUrl,
      publisherToken: config.publisherToken,
      // It sees one family only: the IPv6 address is told beside it.
      peerAddresses: () =>
        publicAddresses === undefined
          ? { address: undefined, ipv6Address: publicIpv6Address() }
          : inPlaceOfSeen(publicAddresses),
      isLocal: isLoopback(new URL(config.edgeUrl).hostname),
      stop: () => Promise.resolve(),
    };
  }

  const publisherToken = config.publisherToken ?? loadPublisherToken(config.dataDir);
  const edge = new EmbeddedEdge({
    host: config.edgeHost,
    port: config.edgePort,
    stateDir: join(config.dataDir, 'edge'),
    vars: {
      PUBLISHER_TOKEN: publisherToken,
      ANNOUNCE_INTERVAL_SECONDS: String(EMBEDDED_ANNOUNCE_INTERVAL_SECONDS),
      WEBSEED_PROXY: 'on',
    },
    log,
  });
  await edge.start().catch((error: unknown) => {
    if (!(error instanceof EdgePortTaken)) throw error;
    throw portTaken('EVERTORRENT_EDGE_PORT', config.edgePort, error);
  });
  return {
    url: originOf(config.edgeHost, edge.port),
    publisherToken,
    peerAddresses: () => inPlaceOfSeen(publicAddresses ?? networkAddresses()),
    isLocal: isLoopback(config.edgeHost),
    stop: () => edge.stop(),
  };
}

function inPlaceOfSeen({ ipv4, ipv6 }: HostAddresses): PeerAddresses {
  return ipv4 === undefined ? { address: ipv6 } : { address: ipv4, ipv6Address: ipv6 };
}
