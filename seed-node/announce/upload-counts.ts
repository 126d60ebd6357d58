import type { InfoHash } from '../../shared/info-hash.ts';

interface Count {
  bytes: number;
  atMs: number;
}

/** What was uploaded in each swarm since the start, and when last. */
export class UploadCounts {
  readonly #bySwarm = new Map<InfoHash, Count>();
  #totalBytes = 0;

  get totalBytes(): number {
    return this.#totalBytes;
  }

  add(swarm: InfoHash, bytes: number, nowMs: number): void {
    this.#totalBytes += bytes;
    const count = this.#bySwarm.get(swarm);
    if (count === undefined) {
      this.#bySwarm.set(swarm, { bytes, atMs: nowMs });
    } else {
      count.bytes += bytes;
      count.atMs = nowMs;
    }
  }

  bytesOf(swarm: InfoHash): number {
    return this.#bySwarm.get(swarm)?.bytes ?? 0;
  }

  /** 0 where nothing was uploaded yet. */
  lastAtMs(swarm: InfoHash): number {
    return this.#bySwarm.get(swarm)?.atMs ?? 0;
  }
}
