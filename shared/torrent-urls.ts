import { type BencodeNode, entryOf, textOf } from './bencode.ts';
import { accept, refuse, type Result, type Tolerance } from './result.ts';

export const MAX_URL_LENGTH = 2048;
export const MAX_TRACKERS = 100;
export const MAX_WEB_SEEDS = 100;
export const TRACKER_URL: RegExp = /^(https?|wss?|udp):\/\/./i;
export const WEB_SEED_URL: RegExp = /^(https?|ftp):\/\/./i;

/**
 * The tiers of `announce-list` (BEP 12), or `announce` alone. Empty tiers and empty URLs, which some makers write
 * for none, are as if absent; so is what a tolerance lets pass.
 */
export function parseTrackers(
  root: BencodeNode,
  tolerance: Tolerance,
): Result<string[][], 'not-a-torrent'> {
  const announceNode = entryOf(root, 'announce');
  if (announceNode?.type === 'list') {
    const odd = refuse('not-a-torrent', 'the announce is not a URL', 'announce');
    if (!tolerance(odd.refusal)) return odd;
  }
  const announce = parseUrls(announceNode, TRACKER_URL, 'announce', tolerance);
  if (!announce.ok) return announce;
  const list = entryOf(root, 'announce-list');
  if (list !== undefined && list.type !== 'list') {
    const odd = refuse('not-a-torrent', 'the announce-list is not a list', 'announce-list');
    if (!tolerance(odd.refusal)) return odd;
  }
  const tiers: string[][] = [];
  let count = 0;
  const items = list?.type === 'list' ? list.items : [];
  for (const [index, node] of items.entries()) {
    const at = `announce-list[${index}]`;
    if (node.type !== 'list') {
      const odd = refuse('not-a-torrent', 'a tracker tier is not a list', at);
      if (!tolerance(odd.refusal)) return odd;
    }
    const tier = parseUrls(node, TRACKER_URL, at, tolerance);
    if (!tier.ok) return tier;
    count += tier.value.length;
    if (count > MAX_TRACKERS) return refuse('not-a-torrent', 'there are too many trackers', at);
    if (tier.value.length > 0) tiers.push(tier.value);
  }
  // BEP 12: a list makes `announce` moot.
  return accept(tiers.length > 0 || announce.value.length === 0 ? tiers : [announce.value]);
}

/** The web seeds of `url-list` (BEP 19). */
export function parseWebSeeds(
  node: BencodeNode | undefined,
  tolerance: Tolerance,
): Result<string[], 'not-a-torrent'> {
  const urls = parseUrls(node, WEB_SEED_URL, 'url-list', tolerance);
  return urls.ok && urls.value.length > MAX_WEB_SEEDS
    ? refuse('not-a-torrent', 'there are too many web seeds', 'url-list')
    : urls;
}

/** A list of URLs, or one in place of a list (BEP 19). */
function parseUrls(
  node: BencodeNode | undefined,
  pattern: RegExp,
  at: string,
  tolerance: Tolerance,
): Result<string[], 'not-a-torrent'> {
  const items = node === undefined ? [] : node.type === 'list' ? node.items : [node];
  const urls: string[] = [];
  for (const item of items) {
    const url = textOf(item);
    if (url === '') continue;
    if (url === undefined || url.length > MAX_URL_LENGTH || !pattern.test(url)) {
      const odd = refuse('not-a-torrent', 'a URL is not one of this kind, or is too long', at);
      if (!tolerance(odd.refusal)) return odd;
    } else {
      urls.push(url);
    }
  }
  return accept(urls);
}
