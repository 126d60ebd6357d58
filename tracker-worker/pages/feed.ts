import { swarmsOf } from '../../shared/info-hash.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import type { Publication } from '../../shared/publication.ts';
import type { PublishedTorrent } from '../catalog/published-torrent.ts';
import { displayName } from '../display-name.ts';

export const FEED_CONTENT_TYPE = 'application/rss+xml; charset=utf-8';

interface FeedItem {
  readonly torrent: PublishedTorrent;
  readonly publication: Publication;
}

export interface FeedProps {
  readonly title: string;
  /** The page that lists the same. */
  readonly pageUrl: string;
  readonly feedUrl: string;
  readonly items: readonly FeedItem[];
}

/**
 * Publications as RSS 2.0 (BEP 36): the enclosure is the .torrent, which clients' RSS downloaders fetch; the ezRSS
 * elements hold the magnet link and the info-hash.
 */
export function formatFeed({ title, pageUrl, feedUrl, items }: FeedProps): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:torrent="http://xmlns.ezrss.it/0.1/">',
    '<channel>',
    element('title', title),
    element('link', pageUrl),
    element('description', 'Torrents that keep their seed'),
    `<atom:link rel="self" type="application/rss+xml" href="${escapeXml(feedUrl)}"/>`,
    ...items.map(formatItem),
    '</channel>',
    '</rss>\n',
  ].join('\n');
}

function formatItem({ torrent, publication }: FeedItem): string {
  const { torrentUrl, magnet, pageUrl } = publication;
  const [infoHash] = swarmsOf(torrent.hashes);
  const about = torrent.description ?? `${formatBytes(torrent.sizeBytes)}, ${fileCount(torrent)}`;
  return [
    '<item>',
    element('title', displayName(torrent.title ?? torrent.name)),
    element('link', pageUrl),
    `<guid isPermaLink="false">${infoHash}</guid>`,
    element('pubDate', new Date(torrent.publishedAtSeconds * 1000).toUTCString()),
    element('description', about),
    // What is behind the .torrent: downloaders show it, and filter by it.
    `<enclosure url="${escapeXml(torrentUrl)}" type="application/x-bittorrent" length="${torrent.sizeBytes}"/>`,
    element('torrent:magnetURI', magnet),
    element('torrent:infoHash', infoHash),
    element('torrent:contentLength', String(torrent.sizeBytes)),
    '</item>',
  ].join('\n');
}

function fileCount({ fileCount: files }: PublishedTorrent): string {
  return files === 1 ? '1 file' : `${files.toLocaleString('en')} files`;
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** Control characters and lone surrogates are not text to XML 1.0, however they are written. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(NOT_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
