import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const TIMESTAMP = v.pipe(v.string(), v.isoTimestamp());
const url = v.pipe(v.string(), v.url());

/** What `publicationOf` writes: a published torrent and its links. */
export const PUBLICATION = v.object({
  infoHash: v.pipe(v.nullable(v.string()), v.description('null for a v2-only torrent')),
  infoHashV2: v.pipe(v.nullable(v.string()), v.description('null for a v1 torrent')),
  name: v.string(),
  size: v.pipe(count, v.description('in bytes')),
  magnet: v.string(),
  torrentUrl: url,
  pageUrl: url,
});

/** A published torrent and how it is doing. */
export const PUBLICATION_STATUS = v.object({
  ...PUBLICATION.entries,
  files: count,
  publishedAt: TIMESTAMP,
  seeders: count,
  leechers: count,
  downloads: count,
});
