import { formatBytes } from '../../shared/format-bytes.ts';
import type { Publication } from '../../shared/publication.ts';
import type { SeedBox } from '../seed-box.ts';
import { printable } from './format.ts';

/** How `seed` tells of itself: data on stdout, everything else on stderr. */
export interface Reporter {
  /** A path that was named is published: here is its link. */
  published(publication: Publication): void;
  /** A torrent of the library is registered and announced again. */
  seedingAgain(publication: Publication): void;
  ready(box: SeedBox): void;
  note(text: string): void;
}

/** For scripts: JSON lines with stable keys. */
export const jsonReporter: Reporter = {
  published: (publication) => writeLine({ event: 'published', ...publication }),
  seedingAgain: (publication) => writeLine({ event: 'published', ...publication }),
  ready: (box) =>
    writeLine({
      event: 'ready',
      edgeUrl: box.edge.url,
      peerPort: box.peerPort,
      httpUrl: box.httpUrl,
    }),
  note: () => {},
};

function writeLine(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** For people. */
export const humanReporter: Reporter = {
  published: (publication) => {
    process.stdout.write(
      [
        `${printable(publication.name)}  (${formatBytes(publication.size)})`,
        `  page     ${publication.pageUrl}`,
        `  torrent  ${publication.torrentUrl}`,
        `  magnet   ${publication.magnet}`,
        '',
        '',
      ].join('\n'),
    );
  },
  seedingAgain: (publication) => {
    process.stdout.write(`Seeding again: ${printable(publication.name)}  ${publication.pageUrl}\n`);
  },
  ready: (box) => {
    const torrents = box.torrentCount === 1 ? '1 torrent' : `${box.torrentCount} torrents`;
    note(`Seeding ${torrents} on port ${box.peerPort}, tracked by ${box.edge.url}.`);
    if (box.edge.isLocal) {
      note(
        'These links work on this machine only. To share them, set EVERTORRENT_EDGE_HOST=0.0.0.0',
      );
      note('for your own network, or EVERTORRENT_EDGE_URL to a deployed edge for everyone.');
    }
    note('Press Ctrl+C to stop.');
  },
  note,
};

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
