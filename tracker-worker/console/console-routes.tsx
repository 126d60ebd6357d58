import { Hono } from 'hono';
import { type InfoHash, infoHashInUrl, swarmsOf } from '../../shared/info-hash.ts';
import { describeRefusal } from '../../shared/result.ts';
import type { Accounts, Caller } from '../accounts/accounts.ts';
import { MAX_CONSOLE_FORM_BYTES, readForm } from '../accounts/read-form.ts';
import { hasScope } from '../accounts/scope.ts';
import type { Lists } from '../catalog/catalog-lists.ts';
import type { Publications } from '../catalog/catalog-publications.ts';
import { parseDescription } from '../catalog/parse-description.ts';
import { parseListingQuery } from '../catalog/parse-listing-query.ts';
import { MAX_REASON_CHARACTERS } from '../catalog/parse-listing.ts';
import { countPublication } from '../catalog/publication-counts.ts';
import type { PublishedTorrent } from '../catalog/published-torrent.ts';
import { RecentListings } from '../catalog/recent-listings.ts';
import { tellTracker } from '../catalog/tell-tracker.ts';
import { logFault } from '../log.ts';
import { HISTORY_RANGES, isHistoryRange } from '../pages/history-charts.tsx';
import { NotFoundPage } from '../pages/not-found-page.tsx';
import { pageResponse, privatePageResponse } from '../pages/page-response.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import type { Everseeds } from '../webseed/catalog-everseeds.ts';
import { ConsolePage } from './console-page.tsx';
import { letIn } from './let-in.tsx';
import { ManagePage } from './manage-page.tsx';
import { NoScopePage } from './no-scope-page.tsx';
import { SeedingReports } from './seeding-reports.ts';

/** What the page of a publication says when it comes back from what was done. */
const NOTICES: ReadonlyMap<string, string> = new Map([
  ['described', 'Saved.'],
  [
    'verifying',
    'It is being compared with its hashes; what is found shows here and under Publish.',
  ],
  ['not-verifying', 'No seed box that has it can be reached just now: nothing was verified.'],
]);

const TRACKER_AWAY =
  'It is done, but the tracker was not reached: do it once more, so that the tracker knows too.';

export interface ConsoleComponents {
  readonly accounts: Accounts;
  readonly publications: Publications;
  readonly lists: Lists;
  readonly swarms: Swarms;
  readonly everseeds: Everseeds;
  readonly nowMs: () => number;
}

/** The console: pages for publishers, behind a session. Every form works without scripts; only uploads need one. */
export function consoleRoutes(components: ConsoleComponents): Hono {
  const { accounts, publications, lists, swarms, nowMs } = components;
  const app = new Hono();
  const listings = new RecentListings(components);
  const seeding = new SeedingReports(components);
  const nowSeconds = (): number => Math.floor(nowMs() / 1000);

  app.get('/publish', async (c) => {
    const caller = await letIn(accounts, c.req.raw, 'publish');
    if (caller instanceof Response) return caller;
    const wanted = parseListingQuery({ page: c.req.query('page') });
    const query = wanted.ok ? wanted : parseListingQuery({});
    if (!query.ok) throw new Error('an empty query is one');
    const rangeText = c.req.query('range');
    const range = isHistoryRange(rangeText) ? rangeText : '24h';
    const { seconds, stepSeconds } = HISTORY_RANGES[range];
    const listing = await listings.read(query.value);
    const infoHashes = listing.torrents.map(({ torrent }) => swarmsOf(torrent.hashes)[0]);
    const [reports, samples, takesUploads] = await Promise.all([
      seeding.of(infoHashes, caller.identity),
      publications.history(nowSeconds() - seconds, stepSeconds),
      seeding.takesUploads(),
    ]);
    const page = (
      <ConsolePage
        caller={caller}
        takesUploads={takesUploads}
        listing={listing}
        page={query.value.page}
        pages={Math.ceil(listing.total / query.value.limit)}
        seeding={reports}
        range={range}
        samples={samples}
        nowSeconds={nowSeconds()}
      />
    );
    return privatePageResponse(page, 200, { modules: true });
  });

  /** The page of one publication for its publisher, with what was just done or refused. */
  const manage = async (
    caller: Caller,
    torrent: PublishedTorrent,
    said: { readonly notice?: string | undefined; readonly problem?: string },
  ): Promise<Response> => {
    const [infoHash] = swarmsOf(torrent.hashes);
    const [counts, reports] = await Promise.all([
      countPublication(swarms, torrent).catch((error: unknown) => {
        logFault('counting for the console', error);
        return undefined;
      }),
      seeding.of([infoHash], caller.identity),
    ]);
    const page = (
      <ManagePage
        caller={caller}
        listed={{ torrent, counts }}
        report={reports.get(infoHash)}
        nowSeconds={nowSeconds()}
        notice={said.notice}
        problem={said.problem}
      />
    );
    return privatePageResponse(page, said.problem === undefined ? 200 : 400);
  };

  app.get('/publish/t/:infohash', async (c) => {
    const caller = await letIn(accounts, c.req.raw, 'publish');
    if (caller instanceof Response) return caller;
    const torrent = await findNamed(publications, c.req.param('infohash'));
    if (torrent === undefined) return notPublished();
    return manage(caller, torrent, { notice: NOTICES.get(c.req.query('done') ?? '') });
  });

  app.post('/publish/t/:infohash', async (c) => {
    const caller = await letIn(accounts, c.req.raw, 'publish');
    if (caller instanceof Response) return caller;
    const torrent = await findNamed(publications, c.req.param('infohash'));
    if (torrent === undefined) return notPublished();
    const [infoHash] = swarmsOf(torrent.hashes);
    const form = (await readForm(c.req.raw, MAX_CONSOLE_FORM_BYTES)) ?? new URLSearchParams();
    const back = `/publish/t/${infoHash}`;
    switch (form.get('action') ?? '') {
      case 'describe': {
        const change = parseDescription({
          title: form.get('title') ?? undefined,
          description: form.get('description') ?? undefined,
          webSeeds: linesOf(form.get('webSeeds')),
          trackers: linesOf(form.get('trackers')),
        });
        if (!change.ok) {
          const problem = `Nothing was saved: ${describeRefusal(change.refusal)}.`;
          return manage(caller, torrent, { problem });
        }
        await publications.describe(infoHash, change.value, nowSeconds());
        return c.redirect(`${back}?done=described`, 303);
      }
      case 'verify': {
        const begun = await seeding.verify(infoHash, caller.identity);
        return c.redirect(`${back}?done=${begun > 0 ? 'verifying' : 'not-verifying'}`, 303);
      }
      case 'unpublish': {
        if (form.get('sure') !== 'yes') {
          return manage(caller, torrent, { problem: 'Nothing was done: tick that you are sure.' });
        }
        await publications.remove(infoHash);
        const isTold = await tellTracker(swarms, await publications.swarmsWith(infoHash));
        return isTold ? c.redirect('/publish', 303) : saidAloud(TRACKER_AWAY);
      }
      case 'takedown': {
        if (!hasScope(caller.identity, ['admin'])) {
          return privatePageResponse(<NoScopePage caller={caller} path={back} />, 403);
        }
        const reason = form.get('reason')?.trim() ?? '';
        if (reason === '' || Array.from(reason).length > MAX_REASON_CHARACTERS) {
          const problem = `Nothing was taken down: a reason has 1 to ${MAX_REASON_CHARACTERS} characters.`;
          return manage(caller, torrent, { problem });
        }
        const listedAtSeconds = nowSeconds();
        await lists.put('blocklist', { infoHash, reason, listedAtSeconds });
        const isTold = await tellTracker(swarms, await publications.swarmsWith(infoHash));
        return isTold ? c.redirect('/publish', 303) : saidAloud(TRACKER_AWAY);
      }
      default:
        return manage(caller, torrent, { problem: 'The form was not understood: send it again.' });
    }
  });

  return app;
}

async function findNamed(
  publications: Publications,
  name: string,
): Promise<PublishedTorrent | undefined> {
  const infoHash: InfoHash | undefined = infoHashInUrl(name);
  return infoHash === undefined ? undefined : ((await publications.find(infoHash)) ?? undefined);
}

async function notPublished(): Promise<Response> {
  return pageResponse(<NotFoundPage reason="This torrent is not published here." />, 404);
}

async function saidAloud(sentence: string): Promise<Response> {
  return pageResponse(<NotFoundPage reason={sentence} />, 503);
}

function linesOf(text: string | null): string[] | undefined {
  return text === null ? undefined : text.split(/\s+/).filter((line) => line !== '');
}
