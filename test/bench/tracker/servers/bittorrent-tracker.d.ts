// bittorrent-tracker brings no types; declared is what the bench and the tests use of it.
declare module 'bittorrent-tracker/server' {
  import type { EventEmitter } from 'node:events';

  export interface ServerOptions {
    readonly http: boolean;
    readonly ws: boolean;
    readonly udp: boolean;
    readonly stats: boolean;
    readonly trustProxy: boolean;
  }

  export default class Server extends EventEmitter {
    constructor(options: ServerOptions);
    readonly http: { address(): { readonly port: number } };
    listen(port: number, host: string): void;
    close(done: () => void): void;
  }
}
