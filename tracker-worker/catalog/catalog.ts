import { DurableObject } from 'cloudflare:workers';
import type { InfoHash } from '../../shared/info-hash.ts';
import type { EdgeEnv } from '../env.ts';
import type { ShardSlice } from '../swarm/shard-of.ts';
import type { PublishedTorrent } from './published-torrent.ts';
import { TorrentStore } from './torrent-store.ts';

/** What is published: the one object that says so. The shards copy from it which info-hashes they serve. */
export class Catalog extends DurableObject<EdgeEnv> {
  readonly #torrents: TorrentStore;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#torrents = new TorrentStore(ctx.storage);
  }

  publish(torrent: PublishedTorrent, bytes: Uint8Array): boolean {
    return this.#torrents.put(torrent, bytes);
  }

  remove(infoHash: InfoHash): boolean {
    return this.#torrents.delete(infoHash);
  }

  find(infoHash: InfoHash): PublishedTorrent | null {
    return this.#torrents.find(infoHash) ?? null;
  }

  torrentBytes(infoHash: InfoHash): Uint8Array | null {
    return this.#torrents.bytes(infoHash) ?? null;
  }

  newest(count: number): PublishedTorrent[] {
    return this.#torrents.newest(count);
  }

  registeredIn(slice: ShardSlice): Uint8Array {
    return this.#torrents.infoHashesIn(slice);
  }

  isRegistered(infoHash: InfoHash): boolean {
    return this.#torrents.find(infoHash) !== undefined;
  }
}
