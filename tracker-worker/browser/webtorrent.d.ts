// webtorrent brings no types; declared is what the page uses of its browser build.
declare module 'webtorrent-hybrid/dist/webtorrent.min.js' {
  export interface TorrentFile extends AsyncIterable<Uint8Array> {
    readonly name: string;
    /** It is appended to the URL of a web seed as it stands. */
    path: string;
    readonly length: number;
    /** Of an empty file it matters to web seeds alone. */
    offset: number;
    readonly done: boolean;
    /** From `start` to `end`, both included, as the pieces come. */
    [Symbol.asyncIterator](range?: {
      readonly start: number;
      readonly end: number;
    }): AsyncIterator<Uint8Array>;
    on(event: 'done', listener: () => void): void;
  }

  /** A connection to a peer, or to a web seed. */
  export interface Wire {
    /** `webrtc` or `webSeed`. */
    readonly type: string;
    /** Of pieces alone. */
    on(event: 'download' | 'upload', listener: (bytes: number) => void): void;
  }

  export interface Torrent {
    readonly files: readonly TorrentFile[];
    readonly pieces: readonly unknown[];
    readonly pieceLength: number;
    readonly lastPieceLength: number;
    readonly bitfield?: { get(index: number): boolean };
    readonly length: number;
    readonly downloadSpeed: number;
    readonly wires: readonly Wire[];
    readonly urlList: readonly string[];
    on(event: 'metadata' | 'ready' | 'done' | 'trackerAnnounce', listener: () => void): void;
    on(event: 'wire', listener: (wire: Wire) => void): void;
    on(event: 'verified', listener: (index: number) => void): void;
    on(event: 'warning' | 'error', listener: (error: Error | string) => void): void;
    pause(): void;
    resume(): void;
    select(start: number, end: number): void;
    deselect(start: number, end: number): void;
  }

  /** What keeps pieces (abstract-chunk-store). */
  export interface ChunkStore {
    put(index: number, bytes: Uint8Array, done?: (error: Error | null) => void): void;
    get(
      index: number,
      range: { readonly offset?: number; readonly length?: number } | undefined,
      done?: (error: Error | null, bytes?: Uint8Array) => void,
    ): void;
    close(done?: (error: Error | null) => void): void;
    destroy(done?: (error: Error | null) => void): void;
  }

  export default class WebTorrent {
    constructor(options: {
      readonly tracker: false | { readonly rtcConfig: object };
      readonly dht: false;
    });
    add(
      torrent: Uint8Array,
      options: {
        readonly store: new (
          chunkLength: number,
          options: { readonly length: number },
        ) => ChunkStore;
        readonly storeCacheSlots: number;
      },
    ): Torrent;
    on(event: 'error', listener: (error: Error | string) => void): void;
    destroy(done: (error?: Error | null) => void): void;
  }
}
