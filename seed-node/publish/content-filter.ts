import { matchesGlob } from 'node:path';

/** What operating systems leave in folders by themselves: nobody means to publish it. */
const JUNK = [
  '.DS_Store',
  '.AppleDouble',
  '.Spotlight-V100',
  '.TemporaryItems',
  '.Trashes',
  '.Trash-*',
  '.fseventsd',
  '.nfs*',
  '._*',
  '$RECYCLE.BIN',
  'System Volume Information',
  'Thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
];

export interface FilterOptions {
  /** A glob without a slash fits a name anywhere in the tree, one with a slash a path from the root. */
  readonly excluded: readonly string[];
  readonly includesJunk: boolean;
}

/** Why a file or folder is left out with all that is below it, or `undefined` where it stays. */
export function reasonToLeaveOut(
  torrentPath: readonly string[],
  { excluded, includesJunk }: FilterOptions,
): 'excluded' | 'junk' | undefined {
  const name = torrentPath.at(-1) ?? '';
  const path = torrentPath.join('/');
  const isExcluded = excluded.some((glob) => matchesGlob(glob.includes('/') ? path : name, glob));
  if (isExcluded) return 'excluded';
  return !includesJunk && JUNK.some((glob) => matchesGlob(name, glob)) ? 'junk' : undefined;
}
