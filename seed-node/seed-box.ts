import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Endpoint } from '../shared/endpoint.ts';
import { type InfoHash, swarmsOf } from '../shared/info-hash.ts';
import { invariant } from '../shared/invariant.ts';
import { type PeerId, peerIdFromBytes } from '../shared/peer-id.ts';
import type { Publication } from '../shared/publication.ts';
import { encodeLatin1 } from '../shared/text.ts';
import { Announcer } from './announce/announcer.ts';
import { HttpTracker } from './announce/http-tracker.ts';
import { PeerLocation } from './announce/peer-location.ts';
import { WebSocketAnnouncer } from './announce/websocket-announcer.ts';
import type { SeedConfig } from './config.ts';
import { type ConnectedEdge, connectEdge } from './edge/connect-edge.ts';
import { EdgePortTaken } from './edge/embedded-edge.ts';
import { EdgeClient, EdgeRefusal } from './edge/edge-client.ts';
import { loadEverseedId } from './edge/everseed-id.ts';
import { Heartbeat } from './edge/heartbeat.ts';
import { type SeedHealth, startSeedServer } from './http/seed-server.ts';
import { ActiveTorrents } from './library/active-torrents.ts';
import { Library } from './library/library.ts';
import type { Log } from './log.ts';
import { originOf } from './network-address.ts';
import { PortMapper } from './port-mapping/port-mapper.ts';
import { routerGateways } from './port-mapping/router-gateways.ts';
import { type AddOptions, addToLibrary } from './publish/add-to-library.ts';
import { FilePool } from './storage/file-pool.ts';
import { RunCache } from './storage/run-cache.ts';
import { Turns } from './storage/turns.ts';
import { Peers } from './transport/peers.ts';
import { TcpPeers } from './transport/tcp-peers.ts';
import { UploadThrottle } from './transport/upload-throttle.ts';
import { WebRtcPeers } from './transport/webrtc-peers.ts';

/** Pieces being verified at one time, of all torrents. */
const MAX_VERIFICATIONS = 8;
const CLOSE_IDLE_FILES_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** Registrations of the library under way at one time. */
const MAX_CONCURRENT_REGISTRATIONS = 4;

/** A port that the seed box needs belongs to another program. */
class PortTaken extends Error {}

/**
 * The seed box: everything that runs until it is stopped, wired together.
 *
 * Invariant: what `start` acquired, `stop` gives back in reverse order, also where `start` failed half way.
 */
export class SeedBox {
  readonly edge: ConnectedEdge;
  readonly peerPort: number;
  readonly httpUrl: string;
  readonly #resources: AsyncDisposableStack;
  readonly #library: Library;
  readonly #client: EdgeClient;
  readonly #heartbeat: Heartbeat;
  readonly #announcers: readonly (Announcer | WebSocketAnnouncer)[];
  readonly #log: Log;
  readonly #stopping = new AbortController();

  private constructor(parts: {
    readonly edge: ConnectedEdge;
    readonly peerPort: number;
    readonly httpUrl: string;
    readonly resources: AsyncDisposableStack;
    readonly library: Library;
    readonly client: EdgeClient;
    readonly heartbeat: Heartbeat;
    readonly announcers: readonly (Announcer | WebSocketAnnouncer)[];
    readonly log: Log;
  }) {
    this.edge = parts.edge;
    this.peerPort = parts.peerPort;
    this.httpUrl = parts.httpUrl;
    this.#resources = parts.resources;
    this.#library = parts.library;
    this.#client = parts.client;
    this.#heartbeat = parts.heartbeat;
    this.#announcers = parts.announcers;
    this.#log = parts.log;
  }

  /** Starts to serve. Throws `PortTaken`, `LibraryInUse`, `EdgePortTaken` or what else is in the way. */
  static async start(
    config: SeedConfig,
    log: Log,
    findGateways: typeof routerGateways = routerGateways,
  ): Promise<SeedBox> {
    await using acquired = new AsyncDisposableStack();
    mkdirSync(config.dataDir, { recursive: true });
    const library = acquired.adopt(new Library(join(config.dataDir, 'library.sqlite')), (opened) =>
      opened.close(),
    );
    const connected = await connectEdge(config, log).catch((error: unknown) => {
      if (!(error instanceof EdgePortTaken)) throw error;
      throw portTaken('EVERTORRENT_EDGE_PORT', config.edgePort, error);
    });
    const edge = acquired.adopt(connected, (embedded) => embedded.stop());

    const files = new FilePool();
    const idleFiles = setInterval(() => files.closeIdle(), CLOSE_IDLE_FILES_MS);
    acquired.defer(() => {
      clearInterval(idleFiles);
      files.closeIdle();
    });
    const torrents = new ActiveTorrents(library, {
      files,
      cache: new RunCache(),
      verifications: new Turns(MAX_VERIFICATIONS),
      log,
    });
    const uploadedBytes = new Map<InfoHash, number>();
    const throttle =
      config.uploadLimit === undefined ? undefined : new UploadThrottle(config.uploadLimit);
    acquired.defer(() => throttle?.close());
    const ourPeerId = createPeerId();
    const dialAll = (swarm: InfoHash, endpoints: readonly Endpoint[]): void => {
      for (const endpoint of endpoints) tcpPeers.dial(endpoint, swarm);
    };
    const peers = acquired.adopt(
      new Peers({
        ourPeerId,
        torrents,
        log,
        throttle,
        onUploaded: (swarm, bytes) => {
          uploadedBytes.set(swarm, (uploadedBytes.get(swarm) ?? 0) + bytes);
        },
        onPeersNamed: dialAll,
      }),
      (opened) => opened.close(),
    );
    const tcpPeers = acquired.adopt(new TcpPeers({ peers, torrents, log }), (opened) =>
      opened.close(),
    );
    const peerPort = await tcpPeers
      .listen(config.peerPort)
      .catch(explainPort('EVERTORRENT_PEER_PORT', config.peerPort));

    const publicAddress = edge.peerAddresses().address;
    const webRtcPeers = acquired.adopt(
      new WebRtcPeers({
        peers,
        log,
        port: config.webrtcPort,
        stunUrls: config.stunUrls,
        ...(config.publicHost === undefined || publicAddress === undefined
          ? {}
          : { publicAddress }),
      }),
      (opened) => opened.close(),
    );
    await webRtcPeers.start().catch(explainPort('EVERTORRENT_WEBRTC_PORT', config.webrtcPort));

    const health = (): SeedHealth => ({
      torrents: library.count(),
      peers: peers.count,
      peersByTransport: peers.countByTransport(),
      uploadedBytes: [...uploadedBytes.values()].reduce((sum, bytes) => sum + bytes, 0),
    });
    const http = await startSeedServer(config.httpHost, config.httpPort, {
      health,
      peers,
      torrents,
      log,
      throttle,
    }).catch(explainPort('EVERTORRENT_HTTP_PORT', config.httpPort));
    acquired.defer(() => {
      http.server.close();
      http.server.closeAllConnections();
    });

    const uploadedBytesOf = (swarm: InfoHash): number => uploadedBytes.get(swarm) ?? 0;
    const webSocketAnnouncer = acquired.adopt(
      new WebSocketAnnouncer({
        announceUrl: `${edge.url.replace(/^http/, 'ws')}/announce`,
        peerId: ourPeerId,
        log,
        uploadedBytes: uploadedBytesOf,
        answer: (offerSdp) => webRtcPeers.answer(offerSdp),
      }),
      (started) => started.stop(),
    );
    const location = new PeerLocation(peerPort, edge.peerAddresses);
    const announcer = acquired.adopt(
      new Announcer({
        tracker: new HttpTracker({
          url: `${edge.url}/announce`,
          publisherToken: edge.publisherToken,
        }),
        peerId: ourPeerId,
        whereabouts: () => location.now(),
        log,
        uploadedBytes: uploadedBytesOf,
        onPeers: dialAll,
      }),
      (started) => started.stop(),
    );
    // The embedded edge is on this network itself; what it is shown to may not need a router.
    const isPublic = config.edgeUrl !== undefined && !edge.isLocal;
    if (config.portMapping === 'on' || (config.portMapping === undefined && isPublic)) {
      const mapper = new PortMapper({
        gateways: await findGateways(),
        ports: [
          { protocol: 'tcp', port: peerPort },
          { protocol: 'udp', port: webRtcPeers.port },
        ],
        log,
        onMapped: ({ protocol }, externalPort) => {
          if (protocol !== 'tcp' || !location.moveTo(externalPort)) return;
          peers.listensOn(externalPort);
          announcer.moved();
        },
      });
      acquired.defer(() => mapper.stop());
    }
    const httpUrl = originOf(config.httpHost, http.port);
    const client = new EdgeClient(edge.url, edge.publisherToken);
    const heartbeat = acquired.adopt(
      new Heartbeat({
        client,
        id: loadEverseedId(config.dataDir),
        report: () => {
          const { peersByTransport: _, ...figures } = health();
          return {
            url: config.publicHttpUrl ?? httpUrl,
            transports: ['tcp', 'webrtc', 'http'],
            health: figures,
          };
        },
        log,
      }),
      (started) => started.stop(),
    );
    const resources = acquired.move();
    return new SeedBox({
      edge,
      peerPort,
      httpUrl,
      resources,
      library,
      client,
      heartbeat,
      announcers: [announcer, webSocketAnnouncer],
      log,
    });
  }

  get torrentCount(): number {
    return this.#library.count();
  }

  /**
   * Tells the edge where this seed box is, now and from then on. Throws `EdgeRefusal` where the edge does not take our
   * token; an edge that is away is waited for later.
   */
  async checkEdge(): Promise<void> {
    try {
      await this.#client.checkToken(this.#stopping.signal);
    } catch (error) {
      if (error instanceof EdgeRefusal) throw error;
      this.#log.warn(`The edge at ${this.edge.url} cannot be reached now`, error);
    }
    // Before anything is published: the links then name this seed box.
    await this.#heartbeat.beat();
  }

  /**
   * Publishes a path: hash, library, register, announce. Throws `PublishError` or `EdgeRefusal`, and then nothing
   * was published; an edge that is away is tried until it is back.
   */
  async publish(path: string, options: AddOptions): Promise<Publication> {
    const before = new Set(this.#library.infoHashes());
    const { hashes } = await addToLibrary(this.#library, path, options);
    const [infoHash] = swarmsOf(hashes);
    try {
      return await this.#register(infoHash);
    } catch (error) {
      if (error instanceof EdgeRefusal && !before.has(infoHash)) this.#library.remove(infoHash);
      throw error;
    }
  }

  /** Registers and announces all that the library holds; `onPublished` is told of each, refused ones are logged. */
  async seedLibrary(onPublished: (publication: Publication) => void): Promise<void> {
    const queue = this.#library.infoHashes();
    const work = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        try {
          onPublished(await this.#register(next));
        } catch (error) {
          if (this.#stopping.signal.aborted) return;
          this.#log.error(`${next} is not published`, error);
        }
      }
    };
    await Promise.all(Array.from({ length: MAX_CONCURRENT_REGISTRATIONS }, work));
  }

  /** Says goodbye to the tracker, closes every connection, stops the embedded edge. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The seed box stops'));
    await this.#resources.disposeAsync();
  }

  async #register(infoHash: InfoHash): Promise<Publication> {
    const torrent = this.#library.find(infoHash);
    invariant(torrent !== undefined, 'what is registered is in the library');
    const metainfoBytes = new Uint8Array(torrent.metainfoBytes);
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
      try {
        const publication = await this.#client.register(metainfoBytes, this.#stopping.signal);
        for (const swarm of swarmsOf(torrent.hashes)) {
          for (const announcer of this.#announcers) announcer.add(swarm);
        }
        return publication;
      } catch (error) {
        if (error instanceof EdgeRefusal || this.#stopping.signal.aborted) throw error;
        this.#log.warn(`Registering ${torrent.name} failed and is tried again`, error);
      }
      await wait(retryMs, this.#stopping.signal);
    }
  }
}

/** Azureus style (BEP 20): `-ET` and a version, then random bytes. */
function createPeerId(): PeerId {
  const bytes = randomBytes(20);
  bytes.set(encodeLatin1('-ET0100-'));
  const peerId = peerIdFromBytes(bytes);
  invariant(peerId !== undefined, 'a peer id is 20 bytes');
  return peerId;
}

function explainPort(variable: string, port: number): (error: unknown) => never {
  return (error) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    throw portTaken(variable, port, error);
  };
}

function portTaken(variable: string, port: number, cause: unknown): PortTaken {
  const message = `Port ${port} is in use by another program; set ${variable} to a free one`;
  return new PortTaken(message, { cause });
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error('Aborted'));
    });
  });
}
