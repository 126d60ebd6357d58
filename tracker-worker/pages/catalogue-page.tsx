import { formatBytes } from '../../shared/format-bytes.ts';
import { swarmsOf } from '../../shared/info-hash.ts';
import type { SwarmCounts } from '../../shared/scrape.ts';
import type { ListedPage, ListedTorrent } from '../catalog/recent-listings.ts';
import type { ListingQuery, ListingSort } from '../catalog/torrent-search.ts';
import { displayName } from '../display-name.ts';
import { listingUrl } from './listing-url.ts';
import { Layout } from './layout.tsx';

const SORTS: readonly (readonly [ListingSort, string])[] = [
  ['newest', 'Newest first'],
  ['oldest', 'Oldest first'],
  ['name', 'By name'],
  ['size', 'Largest first'],
  ['downloads', 'Most downloaded'],
];

export interface CataloguePageProps {
  /** What was searched for, as it was typed. */
  readonly q: string;
  readonly query: ListingQuery;
  readonly page: ListedPage;
}

/** What is published: search, sort, page by page, and how each is doing at a glance. */
export function CataloguePage({ q, query, page }: CataloguePageProps) {
  const pages = Math.max(1, Math.ceil(page.total / query.limit));
  const feedUrl = listingUrl('/feed.xml', { q, query: { ...query, sort: 'newest', page: 1 } });
  const isSearch = q !== '' || query.publisher !== undefined;
  return (
    <Layout title="Evertorrent" feedUrl={feedUrl} links={[{ href: '/publish', label: 'Publish' }]}>
      <h1>Torrents that keep their seed</h1>
      {!isSearch && (
        <p class="lead">
          What is published here stays downloadable, with any BitTorrent client or with this
          browser, for as long as one complete copy can be reached.
        </p>
      )}
      <form class="search" role="search" action="/" method="get">
        <label>
          Search
          <input type="search" name="q" value={q} maxlength={200} />
        </label>
        <label>
          Sort
          <select name="sort">
            {SORTS.map(([sort, label]) => (
              <option value={sort} selected={sort === query.sort}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {query.publisher !== undefined && (
          <input type="hidden" name="publisher" value={query.publisher} />
        )}
        <button class="button">Search</button>
      </form>
      <p class="quiet">
        {describeTotal(page.total, isSearch)}
        {query.publisher !== undefined && (
          <>
            {' by '}
            <bdi>{displayName(query.publisher)}</bdi>
          </>
        )}
        {isSearch && (
          <>
            {' · '}
            <a href="/">Show everything</a>
          </>
        )}
        {' · '}
        <a href={feedUrl}>Feed</a>
      </p>
      {page.torrents.length > 0 && <TorrentTable torrents={page.torrents} />}
      {pages > 1 && <Pager q={q} query={query} pages={pages} />}
    </Layout>
  );
}

function TorrentTable({ torrents }: { readonly torrents: readonly ListedTorrent[] }) {
  return (
    <table class="listing">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Health</th>
          <th scope="col">Size</th>
        </tr>
      </thead>
      <tbody>
        {torrents.map(({ torrent, counts }) => (
          <tr>
            <td>
              <a href={`/t/${swarmsOf(torrent.hashes)[0]}`}>
                <bdi>{displayName(torrent.title ?? torrent.name)}</bdi>
              </a>
              <p class="quiet">
                <time datetime={isoDay(torrent.publishedAtSeconds)}>
                  {isoDay(torrent.publishedAtSeconds)}
                </time>
                {torrent.publisher !== null && (
                  <>
                    {' · '}
                    <a href={`/?publisher=${encodeURIComponent(torrent.publisher)}`}>
                      <bdi>{displayName(torrent.publisher)}</bdi>
                    </a>
                  </>
                )}
              </p>
            </td>
            <td>
              <Health counts={counts} />
            </td>
            <td>{formatBytes(torrent.sizeBytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** In words: a colour alone tells nothing to some, and a number alone nothing to most. */
function Health({ counts }: { readonly counts: SwarmCounts | undefined }) {
  if (counts === undefined) return <span class="badge">unknown</span>;
  const { seeders, leechers } = counts;
  if (seeders === 0) return <span class="badge bad">no seed now</span>;
  const copies = seeders === 1 ? '1 seed' : `${seeders.toLocaleString('en')} seeds`;
  return (
    <>
      <span class="badge good">{copies}</span>
      {leechers > 0 && <span class="quiet"> {leechers.toLocaleString('en')} downloading</span>}
    </>
  );
}

function Pager({
  q,
  query,
  pages,
}: {
  readonly q: string;
  readonly query: ListingQuery;
  readonly pages: number;
}) {
  const urlOf = (page: number): string => listingUrl('/', { q, query: { ...query, page } });
  return (
    <nav class="pager" aria-label="Pages">
      {query.page > 1 ? (
        <a rel="prev" href={urlOf(query.page - 1)}>
          Previous
        </a>
      ) : (
        <span />
      )}
      <span class="quiet">
        Page {query.page.toLocaleString('en')} of {pages.toLocaleString('en')}
      </span>
      {query.page < pages ? (
        <a rel="next" href={urlOf(query.page + 1)}>
          Next
        </a>
      ) : (
        <span />
      )}
    </nav>
  );
}

function describeTotal(total: number, isSearch: boolean): string {
  if (total === 0) return isSearch ? 'Nothing was found' : 'Nothing is published here yet';
  const count = total.toLocaleString('en');
  if (isSearch) return `${count} found`;
  return total === 1 ? '1 publication' : `${count} publications`;
}

function isoDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
