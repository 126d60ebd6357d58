import type WebTorrentClient from 'webtorrent-hybrid/dist/webtorrent.min.js';
import type { Torrent, TorrentFile } from 'webtorrent-hybrid/dist/webtorrent.min.js';
import { deleteStored, DiskFile } from './disk-file.ts';
import { diskStoreOn } from './disk-store.ts';
import { explainStall, type WebSeedAnswer } from './explain-stall.ts';
import { fitForWebSeeds } from './fit-for-web-seeds.ts';
import { probeWebSeed } from './probe-web-seed.ts';

/** Without a byte for so long, the page says why. */
const SILENCE_MS = 15_000;
const TICK_MS = 500;
/** A silent web seed is asked again for how it is. */
const PROBE_MS = 30_000;

/** Who tells a browser the address that others see; the seed box asks the same. */
const RTC_CONFIG = { iceServers: [{ urls: 'stun:stun.cloudflare.com:3478' }] };

export type DownloadPhase = 'starting' | 'checking' | 'running' | 'paused' | 'done' | 'failed';

/** How a download is doing. */
export interface DownloadState {
  readonly phase: DownloadPhase;
  readonly sizeBytes: number;
  /** In pieces that were compared with their hashes. */
  readonly verifiedBytes: number;
  readonly bytesPerSecond: number;
  readonly uploadedBytes: number;
  readonly webRtcPeers: number;
  readonly webSeeds: number;
  /** Why nothing comes, where nothing has come for a while. */
  readonly stall: readonly string[];
  /** What ended it. */
  readonly failure: unknown;
}

export interface DownloadInit {
  /** The .torrent's URL. */
  readonly torrentUrl: string;
  /** In hex: what its file on disk is called. */
  readonly infoHash: string;
  readonly sizeBytes: number;
  /** Seeders that the tracker counts, where that is known. */
  readonly seeders: () => number | undefined;
  readonly onState: (state: DownloadState) => void;
  /** Once, when the files are known. */
  readonly onFiles: (files: readonly TorrentFile[]) => void;
}

/**
 * A torrent on its way to this browser's disk, from WebRTC peers and web seeds at once.
 *
 * - What is on disk when it starts is compared with the hashes, so that it goes on after a reload.
 * - Every fault ends in the phase `failed`, with what is stored left where it is.
 */
export class Download {
  readonly #init: DownloadInit;
  #disk: DiskFile | undefined;
  #client: WebTorrentClient | undefined;
  #torrent: Torrent | undefined;
  #phase: DownloadPhase = 'starting';
  #failure: unknown;
  readonly #verified = new Set<number>();
  /** Of pieces, as is what was uploaded: webtorrent's own figures have what is said around them too. */
  #lastByteAtMs = Date.now();
  #uploadedBytes = 0;
  #isTrackerReached: boolean | undefined;
  #webSeed: WebSeedAnswer | undefined;
  #probedAtMs = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(init: DownloadInit) {
    this.#init = init;
  }

  /** Resolves when it runs, or has failed. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
    try {
      // Opened first: without a disk, nothing need be loaded.
      this.#disk = await DiskFile.open(this.#init.infoHash);
      const [{ default: WebTorrent }, torrentBytes] = await Promise.all([
        import('webtorrent-hybrid/dist/webtorrent.min.js'),
        this.#fetchTorrent(),
      ]);
      const hasWebRtc = typeof RTCPeerConnection === 'function';
      this.#client = new WebTorrent({
        tracker: hasWebRtc ? { rtcConfig: RTC_CONFIG } : false,
        dht: false,
      });
      this.#client.on('error', (error) => this.#fail(error));
      this.#torrent = this.#client.add(torrentBytes, {
        store: diskStoreOn(this.#disk),
        // Blocks are read from the disk one by one: a cache of pieces would be memory for nothing.
        storeCacheSlots: 0,
      });
      this.#listen(this.#torrent);
      this.#setPhase('checking');
    } catch (error) {
      this.#fail(error);
    }
  }

  pause(): void {
    const torrent = this.#torrent;
    if (torrent === undefined || this.#phase !== 'running') return;
    torrent.pause();
    torrent.deselect(0, torrent.pieces.length - 1);
    this.#setPhase('paused');
  }

  resume(): void {
    const torrent = this.#torrent;
    if (torrent === undefined || this.#phase !== 'paused') return;
    torrent.resume();
    torrent.select(0, torrent.pieces.length - 1);
    this.#lastByteAtMs = Date.now();
    this.#setPhase('running');
  }

  /** Ends it, and deletes what is stored. */
  async cancel(): Promise<void> {
    await this.#stop();
    await deleteStored(this.#init.infoHash);
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    this.#torrent = undefined;
    if (client !== undefined) {
      await new Promise<void>((resolve) => {
        client.destroy(() => resolve());
      });
    }
    const disk = this.#disk;
    this.#disk = undefined;
    await disk?.close();
  }

  async #stopAfterFailure(): Promise<void> {
    try {
      await this.#stop();
    } catch {
      // It has failed already, and that is what the page says.
    }
  }

  async #fetchTorrent(): Promise<Uint8Array> {
    const response = await fetch(this.#init.torrentUrl);
    if (!response.ok) throw new Error(`the .torrent was answered with HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  #listen(torrent: Torrent): void {
    torrent.on('metadata', () => {
      this.#init.onFiles(torrent.files);
      fitForWebSeeds(torrent);
    });
    torrent.on('verified', (index) => this.#verified.add(index));
    torrent.on('ready', () => {
      this.#lastByteAtMs = Date.now();
      if (this.#phase === 'checking') this.#setPhase('running');
    });
    torrent.on('wire', (wire) => {
      wire.on('download', () => {
        this.#lastByteAtMs = Date.now();
      });
      wire.on('upload', (bytes) => {
        this.#uploadedBytes += bytes;
      });
    });
    torrent.on('done', () => this.#setPhase('done'));
    torrent.on('error', (error) => this.#fail(error));
    torrent.on('trackerAnnounce', () => {
      this.#isTrackerReached = true;
    });
    torrent.on('warning', (warning) => {
      const message = warning instanceof Error ? warning.message : warning;
      // Trackers for other clients, which a .torrent names too, are no fault.
      if (message.startsWith('Connection error')) this.#isTrackerReached ??= false;
    });
  }

  #fail(error: unknown): void {
    if (this.#phase === 'failed') return;
    this.#failure = error;
    this.#setPhase('failed');
    void this.#stopAfterFailure();
  }

  #setPhase(phase: DownloadPhase): void {
    if (this.#phase === 'failed') return;
    this.#phase = phase;
    this.#tick();
  }

  #tick(): void {
    const torrent = this.#torrent;
    const count = (type: string): number =>
      torrent?.wires.filter((wire) => wire.type === type).length ?? 0;
    const webRtcPeers = count('webrtc');
    const isSilent = this.#phase === 'running' && Date.now() - this.#lastByteAtMs >= SILENCE_MS;
    if (isSilent && torrent !== undefined) void this.#probe(torrent);
    this.#init.onState({
      phase: this.#phase,
      sizeBytes: this.#init.sizeBytes,
      verifiedBytes: this.#verifiedBytes(),
      bytesPerSecond: isSilent ? 0 : (torrent?.downloadSpeed ?? 0),
      uploadedBytes: this.#uploadedBytes,
      webRtcPeers,
      webSeeds: count('webSeed'),
      stall: isSilent ? this.#explain(webRtcPeers) : [],
      failure: this.#failure,
    });
  }

  #explain(webRtcPeers: number): string[] {
    return explainStall({
      hasWebRtc: typeof RTCPeerConnection === 'function',
      isTrackerReached: this.#isTrackerReached,
      webRtcPeers,
      webSeed: this.#webSeed,
      seeders: this.#init.seeders(),
    });
  }

  /** Padding between the files of a hybrid is verified too, and no part of them. */
  #verifiedBytes(): number {
    const torrent = this.#torrent;
    if (torrent === undefined) return 0;
    const last = torrent.pieces.length - 1;
    const bytes =
      this.#verified.size * torrent.pieceLength -
      (this.#verified.has(last) ? torrent.pieceLength - torrent.lastPieceLength : 0);
    return this.#phase === 'done' ? this.#init.sizeBytes : Math.min(bytes, this.#init.sizeBytes);
  }

  async #probe(torrent: Torrent): Promise<void> {
    const [url] = torrent.urlList;
    if (url === undefined || Date.now() - this.#probedAtMs < PROBE_MS) return;
    this.#probedAtMs = Date.now();
    this.#webSeed = await probeWebSeed(url, torrent.files[0]?.path);
  }
}
