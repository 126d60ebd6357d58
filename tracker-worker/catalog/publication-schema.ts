import * as v from 'valibot';

export const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
export const TIMESTAMP = v.pipe(v.string(), v.isoTimestamp());
const url = v.pipe(v.string(), v.url());

/** What `publicationOf` writes: a published torrent and its links. */
export const PUBLICATION = v.object({
  infoHash: v.pipe(v.nullable(v.string()), v.description('null for a v2-only torrent')),
  infoHashV2: v.pipe(v.nullable(v.string()), v.description('null for a v1 torrent')),
  name: v.string(),
  size: v.pipe(COUNT, v.description('in bytes')),
  magnet: v.string(),
  torrentUrl: url,
  pageUrl: url,
});

/** A published torrent with all that is said of it (`describePublication`). */
export const DESCRIBED_PUBLICATION = v.object({
  ...PUBLICATION.entries,
  title: v.pipe(v.nullable(v.string()), v.description('null: it goes by its name')),
  description: v.nullable(v.string()),
  publisher: v.pipe(v.nullable(v.string()), v.description('who published it')),
  files: COUNT,
  publishedAt: TIMESTAMP,
  updatedAt: v.pipe(TIMESTAMP, v.description('when it was published or last described')),
  webSeeds: v.pipe(v.array(v.string()), v.description('added to those of the .torrent')),
  trackers: v.pipe(v.array(v.string()), v.description('added to those of the .torrent')),
});

/** The same, and how it is doing. */
export const PUBLICATION_STATUS = v.object({
  ...DESCRIBED_PUBLICATION.entries,
  seeders: COUNT,
  leechers: COUNT,
  downloads: COUNT,
});

const UNTOLD = v.pipe(v.nullable(COUNT), v.description('null while the tracker cannot be asked'));

/** The same in a list, which a tracker that is away costs the counts alone. */
export const LISTED_PUBLICATION = v.object({
  ...DESCRIBED_PUBLICATION.entries,
  seeders: UNTOLD,
  leechers: UNTOLD,
  downloads: COUNT,
});
