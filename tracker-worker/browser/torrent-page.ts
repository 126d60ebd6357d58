import type { LiveCounts } from '../../shared/live-counts.ts';
import { showCopyButtons } from './copy-buttons.ts';
import { DownloadPanel } from './download-panel.ts';
import { watchCounts } from './live-counts.ts';
import { showCounts } from './live-health.ts';
import { part } from './parts.ts';

const { torrent, live, infoHash, size, alwaysOn, verifiedAt } = part(
  'download',
  HTMLElement,
).dataset;
const seedBoxes = {
  alwaysOnSeeds: Number(alwaysOn),
  verifiedAtSeconds: verifiedAt === undefined ? undefined : Number(verifiedAt),
};

showCopyButtons();

let counts: LiveCounts | undefined;
if (live !== undefined) {
  watchCounts(live, (newest) => {
    counts = newest;
    showCounts(newest, seedBoxes);
  });
}

// A torrent that no browser downloads has no button.
if (torrent !== undefined && infoHash !== undefined) {
  const panel = new DownloadPanel({
    torrentUrl: torrent,
    infoHash,
    sizeBytes: Number(size),
    seeders: () => counts?.seeders,
  });
  void panel.offer();
}
