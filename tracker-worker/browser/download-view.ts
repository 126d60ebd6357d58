import { formatBytes } from '../../shared/format-bytes.ts';
import type { DownloadPhase, DownloadState } from './download.ts';
import { explainFailure } from './explain-failure.ts';
import { formatDuration } from './format-duration.ts';
import { part } from './parts.ts';

const PHASES: Readonly<Record<DownloadPhase, string>> = {
  starting: 'Starting…',
  checking: 'Checking what is stored here already…',
  running: 'Downloading',
  paused: 'Paused',
  done: 'All of it is here, and verified',
  failed: 'Stopped',
};

/** So long stays what was said about something beside the download. */
const NOTE_MS = 10_000;

/** Writes how a download is doing into the page. */
export class DownloadView {
  readonly #progress = part('progress', HTMLElement);
  readonly #state = part('state', HTMLElement);
  readonly #bar = part('bar', HTMLProgressElement);
  readonly #verified = part('verified', HTMLElement);
  readonly #speed = part('speed', HTMLElement);
  readonly #left = part('left', HTMLElement);
  readonly #peers = part('peers', HTMLElement);
  readonly #trouble = part('trouble', HTMLElement);
  readonly #pause = part('pause', HTMLButtonElement);
  readonly #cancel = part('cancel', HTMLButtonElement);
  readonly #save = part('save', HTMLButtonElement);
  readonly #title = document.title;
  #notedUntilMs = 0;

  show(state: DownloadState): void {
    const { phase, sizeBytes, verifiedBytes } = state;
    this.#progress.hidden = false;
    this.#progress.dataset['phase'] = phase;
    setText(this.#state, phaseText(state));
    this.#state.dataset['tone'] = toneOf(state);
    this.#showBar(state);
    setText(this.#verified, `${unbroken(verifiedBytes)} of ${unbroken(sizeBytes)}`);
    setText(this.#speed, speedText(state));
    setText(this.#left, leftText(state));
    setText(this.#peers, peersText(state));
    this.#showTrouble(state);
    setText(this.#pause, phase === 'paused' ? 'Continue' : 'Pause');
    this.#pause.hidden = phase !== 'running' && phase !== 'paused';
    setText(this.#cancel, phase === 'done' ? 'Delete from this browser' : 'Cancel and delete');
    this.#save.hidden = phase !== 'done';
    const share = sizeBytes === 0 ? 1 : verifiedBytes / sizeBytes;
    document.title =
      phase === 'running' ? `${Math.floor(share * 100)} % – ${this.#title}` : this.#title;
  }

  /** Says what went wrong with something beside the download itself. */
  warn(text: string): void {
    this.#notedUntilMs = Date.now() + NOTE_MS;
    this.#setTrouble([text], 'warn');
  }

  /** Says that something was done. */
  note(text: string): void {
    this.#notedUntilMs = Date.now() + NOTE_MS;
    this.#setTrouble([text], 'good');
  }

  hide(): void {
    this.#progress.hidden = true;
    document.title = this.#title;
  }

  #showBar({ phase, sizeBytes, verifiedBytes }: DownloadState): void {
    if (phase === 'starting' || phase === 'checking') this.#bar.removeAttribute('value');
    else this.#bar.value = sizeBytes === 0 ? 1 : verifiedBytes / sizeBytes;
  }

  #showTrouble({ phase, stall, failure }: DownloadState): void {
    if (phase === 'failed') this.#setTrouble([explainFailure(failure)], 'bad');
    else if (Date.now() < this.#notedUntilMs) return;
    else if (stall.length > 0) this.#setTrouble(['Nothing comes just now.', ...stall], 'warn');
    else this.#trouble.hidden = true;
  }

  #setTrouble(lines: readonly string[], tone: 'good' | 'warn' | 'bad'): void {
    this.#trouble.className = `notice ${tone}`;
    // Written once: it is read out when it changes.
    if (this.#trouble.textContent !== lines.join('')) {
      this.#trouble.replaceChildren(
        ...lines.map((line) => {
          const paragraph = document.createElement('p');
          paragraph.textContent = line;
          return paragraph;
        }),
      );
    }
    this.#trouble.hidden = false;
  }
}

function phaseText({ phase, uploadedBytes }: DownloadState): string {
  if (phase !== 'done') return PHASES[phase];
  return uploadedBytes === 0
    ? `${PHASES.done}. While this page stays open, others can get it from you too.`
    : `${PHASES.done}. You have sent ${formatBytes(uploadedBytes)} to others: stay, and it goes on.`;
}

function toneOf({ phase, stall }: DownloadState): string {
  if (phase === 'failed') return 'bad';
  if (phase === 'paused') return 'unknown';
  return stall.length > 0 ? 'warn' : 'good';
}

function speedText({ phase, bytesPerSecond }: DownloadState): string {
  return phase === 'running' ? `${formatBytes(bytesPerSecond)}/s` : '–';
}

function leftText({ phase, sizeBytes, verifiedBytes, bytesPerSecond }: DownloadState): string {
  if (phase === 'done') return 'none';
  if (phase !== 'running') return '–';
  if (bytesPerSecond < 1) return 'unknown';
  return formatDuration((sizeBytes - verifiedBytes) / bytesPerSecond);
}

function peersText({ phase, webRtcPeers, webSeeds }: DownloadState): string {
  if (phase === 'starting' || phase === 'failed') return '–';
  const parts = [
    ...(webRtcPeers > 0 ? [webRtcPeers === 1 ? '1 peer' : `${webRtcPeers} peers`] : []),
    ...(webSeeds > 0 ? [webSeeds === 1 ? '1 web seed' : `${webSeeds} web seeds`] : []),
  ];
  return parts.length === 0 ? 'none yet' : parts.join(', ');
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A size that stays in one line. */
function unbroken(bytes: number): string {
  return formatBytes(bytes).replace(' ', '\u00a0');
}
