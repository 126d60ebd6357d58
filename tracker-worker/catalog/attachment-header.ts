import { displayName } from '../display-name.ts';

/** File systems take 255 bytes, and a character takes up to four; the suffix needs room too. */
const MAX_NAME_CHARACTERS = 60;

/**
 * `Content-Disposition` for a download named after a publication (RFC 6266): an ASCII name that every client reads,
 * and the real one in the RFC 8187 form.
 */
export function attachmentHeader(name: string, suffix: string): string {
  const safe = displayName(name).replace(/[\\/:*?"<>|]/g, '_');
  const fileName = Array.from(safe).slice(0, MAX_NAME_CHARACTERS).join('') + suffix;
  const ascii = fileName.replace(/[^A-Za-z0-9._ -]/gu, '_');
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
