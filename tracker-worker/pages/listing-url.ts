import type { ListingQuery } from '../catalog/torrent-search.ts';

/** A path with the query that asks for this listing: only what differs from the default. */
export function listingUrl(
  path: string,
  { q, query }: { readonly q: string; readonly query: ListingQuery },
): string {
  const params: string[] = [];
  if (q !== '') params.push(`q=${encodeURIComponent(q)}`);
  if (query.publisher !== undefined)
    params.push(`publisher=${encodeURIComponent(query.publisher)}`);
  if (query.sort !== 'newest') params.push(`sort=${query.sort}`);
  if (query.page > 1) params.push(`page=${query.page}`);
  return params.length === 0 ? path : `${path}?${params.join('&')}`;
}
