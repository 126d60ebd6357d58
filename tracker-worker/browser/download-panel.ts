import { formatBytes } from '../../shared/format-bytes.ts';
import { deleteStored, storedFile } from './disk-file.ts';
import { Download, type DownloadState } from './download.ts';
import { DownloadView } from './download-view.ts';
import { DownloadedFiles } from './downloaded-files.ts';
import { explainFailure } from './explain-failure.ts';
import { addFileButtons, removeFileButtons } from './file-rows.ts';
import { playIn } from './media-player.ts';
import { MediaServer } from './media-server.ts';
import { whatIsMissing } from './missing-parts.ts';
import { findPart, part } from './parts.ts';
import { saveAll, saveFile } from './save-files.ts';

export interface DownloadPanelInit {
  readonly torrentUrl: string;
  readonly infoHash: string;
  readonly sizeBytes: number;
  /** Seeders that the tracker counts, where that is known. */
  readonly seeders: () => number | undefined;
}

/** The panel in which a person downloads: one button at first, then progress and what can be done. */
export class DownloadPanel {
  readonly #init: DownloadPanelInit;
  readonly #view = new DownloadView();
  readonly #start = part('start', HTMLButtonElement);
  readonly #hint = part('start-hint', HTMLElement);
  #download: Download | undefined;
  #files: DownloadedFiles | undefined;
  #media: MediaServer | undefined;
  #state: DownloadState | undefined;

  constructor(init: DownloadPanelInit) {
    this.#init = init;
  }

  /** Offers the download where this browser can, and says why where it cannot. */
  async offer(): Promise<void> {
    const missing = whatIsMissing();
    this.#hint.hidden = false;
    if (missing !== undefined) {
      this.#hint.textContent = `${missing} The .torrent, the magnet link and the links of the files work everywhere.`;
      return;
    }
    this.#start.addEventListener('click', () => void this.#begin());
    part('pause', HTMLButtonElement).addEventListener('click', () => this.#togglePause());
    part('cancel', HTMLButtonElement).addEventListener('click', () => this.#try(this.#cancel()));
    part('save', HTMLButtonElement).addEventListener('click', () => this.#try(this.#save()));
    const stored = await storedFile(this.#init.infoHash).catch(() => undefined);
    if (stored !== undefined && stored.size > 0)
      this.#start.textContent = 'Continue in the browser';
    this.#start.hidden = false;
  }

  async #begin(): Promise<void> {
    this.#start.hidden = true;
    this.#hint.hidden = true;
    removeFileButtons();
    const { torrentUrl, infoHash, sizeBytes, seeders } = this.#init;
    const lacking = await this.#lackingRoom();
    const download = new Download({
      torrentUrl,
      infoHash,
      sizeBytes,
      seeders,
      onState: (state) => this.#show(state),
      onFiles: (files) => {
        this.#files = new DownloadedFiles(infoHash, files);
        this.#media?.stop();
        this.#media = new MediaServer(files);
        const label = this.#files.count === 1 ? 'Save the file' : 'Save all files';
        part('save', HTMLButtonElement).textContent = label;
        addFileButtons(this.#files, {
          save: (file) => this.#try(this.#saveOne(file)),
          play: (file) => this.#try(this.#play(file)),
        });
      },
    });
    if (lacking !== undefined) {
      this.#offerAgain();
      this.#hint.textContent = lacking;
      return;
    }
    this.#download = download;
    await download.start();
    part('pause', HTMLButtonElement).focus({ preventScroll: true });
  }

  #show(state: DownloadState): void {
    const hasFailed = state.phase === 'failed' && this.#state?.phase !== 'failed';
    this.#state = state;
    this.#view.show(state);
    if (hasFailed) this.#offerAgain();
  }

  #offerAgain(): void {
    this.#start.textContent = 'Try again';
    this.#start.hidden = false;
    this.#hint.hidden = false;
  }

  /** Before hours of downloading are spent: what the browser says of its room is a guess, but a fair one. */
  async #lackingRoom(): Promise<string | undefined> {
    // So that it is not cleared away while it is still of use; browsers may say no.
    await navigator.storage.persist().catch(() => false);
    const { quota, usage } = await navigator.storage.estimate();
    if (quota === undefined || usage === undefined) return undefined;
    const stored = (await storedFile(this.#init.infoHash))?.size ?? 0;
    const roomBytes = quota - usage;
    const neededBytes = this.#init.sizeBytes - stored;
    return neededBytes > roomBytes
      ? `It needs ${formatBytes(neededBytes)}, and this browser gives pages like this one ${formatBytes(roomBytes)}. Use the .torrent with a program, or the links of the files.`
      : undefined;
  }

  #togglePause(): void {
    if (this.#state?.phase === 'paused') this.#download?.resume();
    else this.#download?.pause();
  }

  async #cancel(): Promise<void> {
    const verifiedBytes = this.#state?.verifiedBytes ?? 0;
    const question = `Delete the ${formatBytes(verifiedBytes)} that are stored in this browser?`;
    if (verifiedBytes > 0 && !globalThis.confirm(question)) return;
    await this.#download?.cancel();
    await deleteStored(this.#init.infoHash);
    this.#media?.stop();
    this.#download = undefined;
    this.#state = undefined;
    removeFileButtons();
    findPart('player', HTMLElement)?.replaceChildren();
    this.#view.hide();
    this.#offerAgain();
    this.#start.textContent = 'Download in the browser';
    this.#start.focus();
  }

  async #save(): Promise<void> {
    if (this.#files === undefined) return;
    const files = await this.#files.all();
    const [only] = files;
    const isSaved =
      files.length === 1 && only !== undefined ? await saveFile(only) : await saveAll(files);
    if (isSaved) this.#view.note('Saved.');
  }

  async #saveOne(file: Parameters<DownloadedFiles['savable']>[0]): Promise<void> {
    if (this.#files !== undefined) await saveFile(await this.#files.savable(file));
  }

  async #play(file: Parameters<DownloadedFiles['savable']>[0]): Promise<void> {
    const place = part('player', HTMLElement);
    const onError = (error: Error): void => this.#view.warn(explainFailure(error));
    if (this.#media !== undefined) await playIn(place, file, this.#media, onError);
    place.scrollIntoView({ block: 'nearest' });
  }

  /** Does what a button asks for; what fails is said. */
  #try(work: Promise<void>): void {
    work.catch((error: unknown) => this.#view.warn(explainFailure(error)));
  }
}
