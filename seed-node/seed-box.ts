import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type InfoHash, swarmsOf } from '../shared/info-hash.ts';
import { invariant } from '../shared/invariant.ts';
import type { Publication } from '../shared/publication.ts';
import { Announcer } from './announce/announcer.ts';
import { PeerLocation } from './announce/peer-location.ts';
import { UploadCounts } from './announce/upload-counts.ts';
import type { SeedConfig } from './config.ts';
import { createPeerId } from './create-peer-id.ts';
import { type ConnectedEdge, connectEdge } from './edge/connect-edge.ts';
import { EdgeClient, EdgeRefusal } from './edge/edge-client.ts';
import { loadEverseedId } from './edge/everseed-id.ts';
import { Heartbeat } from './edge/heartbeat.ts';
import { JobDesk } from './job-desk.ts';
import { type SeedHealth, startSeedServer } from './http/seed-server.ts';
import { ActiveTorrents } from './library/active-torrents.ts';
import { Library } from './library/library.ts';
import type { Log } from './log.ts';
import { originOf } from './network-address.ts';
import { PeerNetwork } from './peer-network.ts';
import { PortMapper } from './port-mapping/port-mapper.ts';
import { routerGateways } from './port-mapping/router-gateways.ts';
import { explainPort } from './port-taken.ts';
import { type AddOptions, addToLibrary } from './publish/add-to-library.ts';
import { trackersOf } from './publish/named-trackers.ts';
import { FilePool } from './storage/file-pool.ts';
import { RunCache } from './storage/run-cache.ts';
import { Turns } from './storage/turns.ts';
import { UploadThrottle } from './transport/upload-throttle.ts';
import { wait } from './wait.ts';

/** Pieces being verified at one time, of all torrents. */
const MAX_VERIFICATIONS = 8;
const CLOSE_IDLE_FILES_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** Registrations of the library under way at one time. */
const MAX_CONCURRENT_REGISTRATIONS = 4;

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
  readonly #jobs: JobDesk;
  readonly #announcer: Announcer;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  /** The last registration of each torrent that is under way. */
  readonly #registering = new Map<InfoHash, Promise<Publication>>();

  private constructor(parts: {
    readonly edge: ConnectedEdge;
    readonly peerPort: number;
    readonly httpUrl: string;
    readonly resources: AsyncDisposableStack;
    readonly library: Library;
    readonly client: EdgeClient;
    readonly heartbeat: Heartbeat;
    readonly jobs: JobDesk;
    readonly announcer: Announcer;
    readonly log: Log;
  }) {
    this.edge = parts.edge;
    this.peerPort = parts.peerPort;
    this.httpUrl = parts.httpUrl;
    this.#resources = parts.resources;
    this.#library = parts.library;
    this.#client = parts.client;
    this.#heartbeat = parts.heartbeat;
    this.#jobs = parts.jobs;
    this.#announcer = parts.announcer;
    this.#log = parts.log;
  }

  /** Starts to serve. Throws `PortTaken`, `LibraryInUse` or what else is in the way. */
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
    const edge = acquired.adopt(await connectEdge(config, log), (embedded) => embedded.stop());

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
    const throttle =
      config.uploadLimit === undefined ? undefined : new UploadThrottle(config.uploadLimit);
    acquired.defer(() => throttle?.close());
    const uploads = new UploadCounts();
    const everseedId = loadEverseedId(config.dataDir);
    const jobs = acquired.adopt(
      new JobDesk({
        config,
        everseedId,
        library,
        torrents,
        peerCounts: () => network.peers.countByTorrent(),
        announceStatesOf: (infoHash) => announcer.statesOf(infoHash),
        log,
      }),
      (opened) => opened.stop(),
    );
    const ourPeerId = createPeerId();
    const network = acquired.adopt(
      await PeerNetwork.open({
        ourPeerId,
        torrents,
        log,
        throttle,
        onUploaded: (swarm, bytes, transport) => {
          uploads.add(swarm, bytes, Date.now());
          jobs.totals.count(torrents.peek(swarm)?.infoHash ?? swarm, transport, bytes);
        },
        config,
        publicAddress: config.publicHost === undefined ? undefined : edge.peerAddresses().address,
      }),
      (opened) => opened.close(),
    );
    const { peers, peerPort } = network;

    const health = (): SeedHealth => ({
      torrents: library.count(),
      peers: peers.count,
      peersByTransport: peers.countByTransport(),
      uploadedBytes: uploads.totalBytes,
    });
    const http = await startSeedServer(config.httpHost, config.httpPort, {
      health,
      peers,
      torrents,
      log,
      onSent: (bytes, infoHash) => jobs.totals.count(infoHash, 'http', bytes),
      verifiedAtMs: (infoHash) => jobs.verifiedAtMs(infoHash),
      api: jobs.api,
      throttle,
    }).catch(explainPort('EVERTORRENT_HTTP_PORT', config.httpPort));
    acquired.defer(() => {
      http.server.close();
      http.server.closeAllConnections();
    });

    const location = new PeerLocation(peerPort, edge.peerAddresses);
    const announcer = acquired.adopt(
      new Announcer({
        edgeUrl: edge.url,
        ownEdge: { publisherToken: edge.publisherToken, whereabouts: () => location.now() },
        peerId: ourPeerId,
        port: () => location.externalPort,
        log,
        uploads,
        answer: (offerSdp) => network.answer(offerSdp),
        onPeers: (swarm, endpoints) => network.dial(swarm, endpoints),
      }),
      (started) => started.stop(),
    );
    if (asksRouter(config, edge)) {
      const mapper = new PortMapper({
        gateways: await findGateways(),
        ports: network.ports,
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
        id: everseedId,
        report: () => {
          const { torrents: held, peers: talking } = health();
          const sent = jobs.totals.sum();
          const figures = {
            torrents: held,
            peers: talking,
            uploadedBytes: sent.tcp + sent.webrtc,
            webSeedBytes: sent.http,
          };
          return {
            url: config.publicHttpUrl ?? httpUrl,
            transports: ['tcp', 'webrtc', 'http', 'uploads'],
            accessKey: jobs.api.accessKey,
            health: figures,
          };
        },
        log,
      }),
      (started) => started.stop(),
    );
    return new SeedBox({
      edge,
      peerPort,
      httpUrl,
      resources: acquired.move(),
      library,
      client,
      heartbeat,
      jobs,
      announcer,
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
    const onMade = (made: InfoHash): void => this.#jobs.noteMade(made);
    const { hashes } = await addToLibrary(this.#library, path, { ...options, onMade });
    const [infoHash] = swarmsOf(hashes);
    try {
      return await this.#register(infoHash);
    } catch (error) {
      if (error instanceof EdgeRefusal && !before.has(infoHash)) this.#library.remove(infoHash);
      throw error;
    }
  }

  /**
   * Registers and announces all that the library holds, and goes on with jobs; `onPublished` is told of each, refused
   * ones are logged.
   */
  async seedLibrary(onPublished: (publication: Publication) => void): Promise<void> {
    await this.#jobs.start({
      register: (infoHash, signal) => this.#register(infoHash, signal),
      describe: (infoHash, details, signal) => this.#client.describe(infoHash, details, signal),
      unpublish: (infoHash) => this.#client.unpublish(infoHash, this.#stopping.signal),
    });
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

  /** One after the other for one torrent: what the library holds last is what the edge keeps. */
  async #register(infoHash: InfoHash, until?: AbortSignal): Promise<Publication> {
    const before = this.#registering.get(infoHash);
    const now = Promise.allSettled([before]).then(() => this.#registerNow(infoHash, until));
    this.#registering.set(infoHash, now);
    try {
      return await now;
    } finally {
      if (this.#registering.get(infoHash) === now) this.#registering.delete(infoHash);
    }
  }

  async #registerNow(infoHash: InfoHash, until: AbortSignal | undefined): Promise<Publication> {
    const signal = AbortSignal.any([
      this.#stopping.signal,
      ...(until === undefined ? [] : [until]),
    ]);
    const torrent = this.#library.find(infoHash);
    invariant(torrent !== undefined, 'what is registered is in the library');
    const metainfoBytes = new Uint8Array(torrent.metainfoBytes);
    const swarms = swarmsOf(torrent.hashes);
    const trackers = trackersOf(metainfoBytes);
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
      try {
        const publication = await this.#client.register(metainfoBytes, signal);
        for (const swarm of swarms) {
          this.#announcer.add(swarm);
          this.#announcer.announceElsewhere(swarm, trackers);
        }
        return publication;
      } catch (error) {
        if (error instanceof EdgeRefusal) for (const swarm of swarms) this.#announcer.remove(swarm);
        if (error instanceof EdgeRefusal || signal.aborted) throw error;
        // The edge is away: the torrent's other trackers need not wait for it.
        for (const swarm of swarms) this.#announcer.announceElsewhere(swarm, trackers);
        this.#log.warn(`Registering ${torrent.name} failed and is tried again`, error);
      }
      await wait(retryMs, signal);
    }
  }
}

/** The embedded edge is on this network itself; what it is shown to may not need a router. */
function asksRouter({ portMapping, edgeUrl }: SeedConfig, edge: ConnectedEdge): boolean {
  return portMapping === undefined ? edgeUrl !== undefined && !edge.isLocal : portMapping === 'on';
}
