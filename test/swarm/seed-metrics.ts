/** What a seed box tells about itself at one time. */
export class SeedMetrics {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  static async read(httpUrl: string): Promise<SeedMetrics> {
    const answer = await fetch(`${httpUrl}/metrics`);
    return new SeedMetrics(await answer.text());
  }

  /** A sample by its name and labels, as it stands in the text; 0 where it is not there. */
  sample(name: string): number {
    const line = this.#text.split('\n').find((each) => each.startsWith(`${name} `));
    return line === undefined ? 0 : Number(line.slice(name.length + 1));
  }

  get residentBytes(): number {
    return this.sample('evertorrent_seed_resident_memory_bytes');
  }

  get servedPeers(): number {
    return this.sample('evertorrent_seed_upload_slots{state="served"}');
  }

  /** Conversations that ended, by reason. */
  closedPeers(): Map<string, number> {
    const lines = this.#text.matchAll(
      /^evertorrent_seed_closed_peers_total\{reason="(.*)"\} (\d+)$/gm,
    );
    return new Map([...lines].map(([, reason = '', count]) => [reason, Number(count)]));
  }
}
