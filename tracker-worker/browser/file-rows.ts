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
    const file = files.at(Number(row.dataset['offset']), Number(row.dataset['bytes']));
    if (file === undefined) continue;
    const { name } = file;
    if (mediaTypeOf(name) !== undefined) {
      row.append(createButton('Play', name, () => actions.play(file)));
    }
    const showSave = (): void => {
      row.append(createButton('Save', name, () => actions.save(file)));
    };
    if (file.done) showSave();
    else file.on('done', showSave);
  }
}

export function removeFileButtons(): void {
  for (const button of document.querySelectorAll('[data-offset] button')) button.remove();
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
