import type { WriteStream } from 'node:tty';
import { formatBytes } from '../../shared/format-bytes.ts';
import { formatSeconds, printable } from './format.ts';

const REDRAW_MS = 100;
const BAR_CELLS = 24;
const MAX_NAME_LENGTH = 30;

/** One live line on a terminal: what, how far, how fast, how long yet. */
export class ProgressBar {
  readonly #terminal: WriteStream;
  readonly #name: string;
  readonly #totalBytes: number;
  readonly #startedAtMs: number;
  #drawnAtMs = 0;

  constructor(terminal: WriteStream, name: string, totalBytes: number, nowMs: number) {
    this.#terminal = terminal;
    const shown = printable(name);
    this.#name =
      shown.length > MAX_NAME_LENGTH
        ? `${shown.slice(0, MAX_NAME_LENGTH - 1).toWellFormed()}…`
        : shown;
    this.#totalBytes = totalBytes;
    this.#startedAtMs = nowMs;
  }

  update(doneBytes: number, nowMs: number): void {
    const isDone = doneBytes >= this.#totalBytes;
    if (!isDone && nowMs - this.#drawnAtMs < REDRAW_MS) return;
    this.#drawnAtMs = nowMs;
    this.#terminal.write(
      `\r\x1b[2K${this.#line(doneBytes, nowMs).slice(0, this.#terminal.columns)}`,
    );
  }

  /** Takes the line away, for what is printed next. */
  clear(): void {
    this.#terminal.write('\r\x1b[2K');
  }

  #line(doneBytes: number, nowMs: number): string {
    const part = this.#totalBytes === 0 ? 1 : doneBytes / this.#totalBytes;
    const cells = Math.round(part * BAR_CELLS);
    const elapsedSeconds = Math.max((nowMs - this.#startedAtMs) / 1000, 0.001);
    const rate = doneBytes / elapsedSeconds;
    const left = rate === 0 ? '' : `  ${formatSeconds((this.#totalBytes - doneBytes) / rate)} left`;
    const bar = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
    const percent = String(Math.floor(part * 100)).padStart(3);
    return `Hashing ${this.#name} ${bar} ${percent}%  ${formatBytes(doneBytes)} of ${formatBytes(this.#totalBytes)}  ${formatBytes(rate)}/s${left}`;
  }
}
