import type { TorrentFile } from 'webtorrent-hybrid/dist/webtorrent.min.js';
import type { DownloadedFiles } from './downloaded-files.ts';
import { mediaTypeOf } from './media-type.ts';

export interface FileActions {
  readonly save: (file: TorrentFile) => void;
  readonly play: (file: TorrentFile) => void;
}

/** Gives the rows of files their buttons: play while it downloads, save when it is whole. */
export function addFileButtons(files: DownloadedFiles, actions: FileActions): void {
  for (const row of document.querySelectorAll<HTMLElement>('[data-offset]')) {
    const { offset, bytes, name: emptyName } = row.dataset;
    const file = files.at(Number(offset), Number(bytes), emptyName);
    if (file === undefined) continue;
    const { name } = file;
    const buttons = document.createElement('span');
    buttons.className = 'row';
    const show = (label: string, act: () => void): void => {
      buttons.append(createButton(label, name, act));
      row.append(buttons);
    };
    const showSave = (): void => show('Save', () => actions.save(file));
    if (mediaTypeOf(name) !== undefined) show('Play', () => actions.play(file));
    if (file.done) showSave();
    else file.on('done', showSave);
  }
}

export function removeFileButtons(): void {
  for (const buttons of document.querySelectorAll('[data-offset] .row')) buttons.remove();
}

function createButton(label: string, name: string, act: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button small';
  const which = document.createElement('span');
  which.className = 'visually-hidden';
  which.textContent = ` ${name}`;
  button.append(label, which);
  button.addEventListener('click', act);
  return button;
}
