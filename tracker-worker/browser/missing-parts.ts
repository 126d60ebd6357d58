import { hasDisk } from './disk-file.ts';

/** What keeps this browser from downloading in the page, in words; undefined where nothing does. */
export function whatIsMissing(): string | undefined {
  if (!globalThis.isSecureContext) {
    return 'Browsers download in a page over HTTPS only, and this page came over plain HTTP.';
  }
  if (!hasDisk())
    return 'This browser keeps no files for pages, so that it cannot download in one.';
  return undefined;
}
