/** What a job is doing, or how it ended. */
export type JobState =
  | 'uploading'
  | 'queued'
  | 'hashing'
  | 'registering'
  | 'seeding'
  | 'failed'
  | 'cancelled';

/** What happens to a job. */
export type JobEvent =
  /** The last of its files is complete. */
  | 'uploaded'
  | 'hashing-started'
  /** Its torrent is in the library. */
  | 'hashed'
  /** The edge has the torrent. */
  | 'registered'
  /** What is seeded was compared with its torrent. */
  | 'verified'
  | 'failed'
  | 'cancelled'
  /** The program started again: what it was in the middle of begins anew. */
  | 'restarted';

/** A table, so that what is not in it cannot happen. Every state that is not an end can fail and be cancelled. */
const NEXT: Readonly<Record<JobState, Partial<Record<JobEvent, JobState>>>> = {
  uploading: { uploaded: 'queued', failed: 'failed', cancelled: 'cancelled' },
  queued: { 'hashing-started': 'hashing', failed: 'failed', cancelled: 'cancelled' },
  hashing: {
    hashed: 'registering',
    verified: 'seeding',
    restarted: 'queued',
    failed: 'failed',
    cancelled: 'cancelled',
  },
  registering: { registered: 'seeding', failed: 'failed', cancelled: 'cancelled' },
  seeding: {},
  failed: {},
  cancelled: {},
};

/** The state after an event; undefined where the event cannot happen in that state. */
export function nextState(state: JobState, event: JobEvent): JobState | undefined {
  return NEXT[state][event];
}

/** Whether nothing happens to the job any more. */
export function isFinal(state: JobState): boolean {
  return Object.keys(NEXT[state]).length === 0;
}

/** States in which a job still works. */
export const OPEN_STATES: readonly JobState[] = ['uploading', 'queued', 'hashing', 'registering'];

export function isJobState(text: unknown): text is JobState {
  return typeof text === 'string' && Object.hasOwn(NEXT, text);
}
