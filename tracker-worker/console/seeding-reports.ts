import type { InfoHash } from '../../shared/info-hash.ts';
import { parseSeedingReport } from '../../shared/parse-seeding.ts';
import type { SeedingReport } from '../../shared/seeding.ts';
import { encodeUtf8 } from '../../shared/text.ts';
import type { Identity } from '../accounts/scope.ts';
import { logFault } from '../log.ts';
import { askEverseed } from '../uploads/ask-everseed.ts';
import { takingUploads } from '../uploads/find-everseed.ts';
import { readLists } from '../uploads/merge-lists.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import type { Everseed } from '../webseed/everseed.ts';

/** Torrents that one seed box is asked about at a time. */
const MAX_REPORTS = 200;
/** Seed boxes that are asked for one page. */
const MAX_ASKED = 10;

export interface SeedingReportsInit {
  readonly everseeds: Pick<Everseeds, 'live'>;
  readonly nowMs: () => number;
}

/** What seed boxes say of what they seed, on behalf of someone. One that is away says nothing, which is no fault. */
export class SeedingReports {
  readonly #init: SeedingReportsInit;

  constructor(init: SeedingReportsInit) {
    this.#init = init;
  }

  /** Whether one of them takes uploads now. */
  async takesUploads(): Promise<boolean> {
    return (await this.#boxes()).length > 0;
  }

  /** Of these torrents, those that anyone speaks of: by the swarm that each is filed under. */
  async of(
    infoHashes: readonly InfoHash[],
    identity: Identity,
  ): Promise<Map<string, SeedingReport>> {
    const reports = new Map<string, SeedingReport>();
    if (infoHashes.length === 0) return reports;
    const target = `/api/seeding?of=${infoHashes.slice(0, MAX_REPORTS).join(',')}`;
    const answers = await this.#askAll(target, identity);
    for (const list of await readLists(answers, 'torrents').catch(tellNothing)) {
      for (const item of list) {
        const report = parseSeedingReport(item);
        if (report === undefined) continue;
        const known = reports.get(report.infoHash);
        reports.set(report.infoHash, known === undefined ? report : together(known, report));
      }
    }
    return reports;
  }

  /** Has the seed boxes that have it compare it with its hashes; how many began to. */
  async verify(infoHash: InfoHash, identity: Identity): Promise<number> {
    const body = JSON.stringify({ kind: 'verify', infoHash });
    const answers = await this.#askAll('/api/jobs', identity, body);
    await Promise.all(answers.map(async (answer) => answer.body?.cancel()));
    return answers.filter(({ status }) => status === 201).length;
  }

  async #askAll(target: string, identity: Identity, body?: string): Promise<Response[]> {
    const boxes = (await this.#boxes()).slice(0, MAX_ASKED);
    const question = (): Parameters<typeof askEverseed>[2] => ({
      method: body === undefined ? 'GET' : 'POST',
      target,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: body === undefined ? null : new Blob([encodeUtf8(body)]).stream(),
    });
    const answers = await Promise.all(
      boxes.map(async (everseed) => askEverseed(everseed, identity, question())),
    );
    return answers.filter((answer) => answer !== undefined);
  }

  async #boxes(): Promise<readonly Everseed[]> {
    const { everseeds, nowMs } = this.#init;
    return takingUploads(await everseeds.live(Math.floor(nowMs() / 1000)));
  }
}

function tellNothing(error: unknown): object[][] {
  logFault('reading what seed boxes seed', error);
  return [];
}

/** Several seed boxes have the same torrent: what they sent is added up, the worst of each tells of its state. */
function together(one: SeedingReport, other: SeedingReport): SeedingReport {
  const [a, b] = [one.uploadedBytes, other.uploadedBytes];
  return {
    ...one,
    withheldPieces: Math.max(one.withheldPieces, other.withheldPieces),
    verifiedAt: earlier(one.verifiedAt, other.verifiedAt),
    peers: one.peers + other.peers,
    uploadedBytes: { tcp: a.tcp + b.tcp, webrtc: a.webrtc + b.webrtc, http: a.http + b.http },
    announces: [...one.announces, ...other.announces],
  };
}

/** ISO 8601 of one length sorts as its times do. */
function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  return one < other ? one : other;
}
