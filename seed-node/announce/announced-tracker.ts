import type { PeerId } from '../../shared/peer-id.ts';
import type { Log } from '../log.ts';
import type { Scheduled } from './announce-scheduler.ts';
import type { Tracker } from './tracker.ts';
import type { TrackerReports } from './tracker-reports.ts';
import type { OfferAnswerer } from './websocket-tracker.ts';

/** A tracker that is announced to. */
export interface AnnouncedTracker extends Scheduled {
  readonly tracker: Tracker;
  readonly reports: TrackerReports;
}

/** What opening trackers takes. */
export interface TrackerSurroundings {
  readonly peerId: PeerId;
  readonly answer: OfferAnswerer;
  readonly log: Log;
  /** A tracker was opened. */
  readonly onOpened: (tracker: AnnouncedTracker) => void;
  /** Something is due sooner than it was. */
  readonly onDue: () => void;
}

/** A tracker as logs name it: without the path and the query, which may hold a passkey. */
export function trackerName(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
