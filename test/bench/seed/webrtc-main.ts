import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTable } from '../table.ts';
import { measureWebRtc } from './webrtc-bench.ts';

const TARGET_RATIO = 0.9;
const SIZE_BYTES = 192 * 1024 * 1024;
const ROUNDS = 9;

const folder = mkdtempSync(join(tmpdir(), 'evertorrent-bench-'));
let exitCode = 1;
try {
  const figures = await measureWebRtc({ sizeBytes: SIZE_BYTES, rounds: ROUNDS, folder });
  process.stdout.write(
    formatTable(
      ['to Chromium over WebRTC', 'median MB/s', 'rounds'],
      [
        row('the seed box', figures.oursMedian, figures.ours),
        row('a bare data channel', figures.bareMedian, figures.bare),
      ],
    ),
  );
  const isMet = figures.ratio >= TARGET_RATIO;
  process.stdout.write(
    `  ratio ${figures.ratio.toFixed(3)}, at least ${TARGET_RATIO}: ${isMet ? 'pass' : 'MISS'}\n`,
  );
  exitCode = isMet ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// The library's threads would keep the program alive.
process.exit(exitCode);

function row(name: string, median: number, rounds: readonly number[]): string[] {
  return [
    name,
    (median / 1e6).toFixed(1),
    rounds.map((bytesPerSecond) => (bytesPerSecond / 1e6).toFixed(1)).join(' '),
  ];
}
