// webtorrent brings no types; declared is what the tests use of it.
declare module 'webtorrent-hybrid' {
  import type { EventEmitter } from 'node:events';

  interface Torrent extends EventEmitter {
    addPeer(address: string): boolean;
  }

  export default class WebTorrent extends EventEmitter {
    constructor(options: Readonly<Record<string, boolean | number>>);
    add(
      torrent: string | Uint8Array,
      options: { readonly path: string; readonly skipVerify?: boolean },
    ): Torrent;
    destroy(callback: () => void): void;
  }
}
