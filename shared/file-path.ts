import { encodeUtf8 } from './text.ts';

/** The longest name that the usual file systems store. */
const MAX_NAME_BYTES = 255;
/** Components below the torrent's own folder. */
export const MAX_PATH_DEPTH = 100;

/**
 * Why a file or folder name must not be in a torrent, or `undefined` where it may: a client joins such names to
 * paths, so that nothing in them may lead out of the download folder on any system.
 */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'a name is empty';
  if (name === '.' || name === '..') return 'a name is a relative path';
  if (name.includes('/')) return 'a name contains a slash';
  if (name.includes('\0')) return 'a name contains a NUL';
  // Windows takes a backslash for a separator, and `C:` for a drive.
  if (name.includes('\\')) return 'a name contains a backslash';
  if (/^[a-z]:/i.test(name)) return 'a name starts like a Windows drive';
  if (encodeUtf8(name).length > MAX_NAME_BYTES) return 'a name is longer than 255 bytes';
  return undefined;
}
