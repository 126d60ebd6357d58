import type { TorrentFile } from 'webtorrent-hybrid/dist/webtorrent.min.js';
import type { MediaServer } from './media-server.ts';
import { mediaTypeOf } from './media-type.ts';

/**
 * Plays a file in `place`, in the stead of what was played there before. Throws where the browser does not know its
 * kind; `onError` hears of what it turns out not to play.
 */
export async function playIn(
  place: HTMLElement,
  file: TorrentFile,
  server: MediaServer,
  onError: (error: Error) => void,
): Promise<void> {
  const type = mediaTypeOf(file.name) ?? '';
  const element = document.createElement(type.startsWith('audio') ? 'audio' : 'video');
  if (element.canPlayType(type) === '') throw new Error(`this browser does not play ${type}`);
  element.controls = true;
  element.src = await server.urlOf(file);
  element.setAttribute('aria-label', file.name);
  element.addEventListener('error', () => {
    onError(new Error(`this browser cannot play ${file.name}: ${element.error?.message ?? ''}`));
  });
  place.replaceChildren(element);
  place.hidden = false;
  // Who pressed the button wants it to play; a browser that does not let it shows its controls.
  await element.play().catch(() => {});
}
