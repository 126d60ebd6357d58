import type { SkippedPath } from '../publish/scan-content.ts';

/** `0:07`, `12:34`, `1:02:03`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? part : String(part).padStart(2, '0'))).join(':');
}

/** Text that a terminal shows as it is: control characters, which could move the cursor or hide text, made visible. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\uFFFD');
}

/** One line on what is not in a torrent. */
export function describeSkipped({ path, reason }: SkippedPath): string {
  return `Left out ${printable(path)}: ${reason}`;
}
