import type { AnnounceState, SeedingReport } from './seeding.ts';

/** Announces that one torrent may have: more trackers than that nobody has. */
const MAX_ANNOUNCES = 200;
const MAX_TEXT_CHARACTERS = 2048;

/** What a seed box says of one torrent; undefined where it is no such report. */
export function parseSeedingReport(value: unknown): SeedingReport | undefined {
  const infoHash = text(value, 'infoHash');
  const name = text(value, 'name');
  const uploaded = read(value, 'uploadedBytes');
  const announces = read(value, 'announces');
  if (infoHash === null || name === null || !/^[0-9a-f]{40}$/.test(infoHash)) return undefined;
  return {
    infoHash,
    name,
    sizeBytes: count(value, 'sizeBytes'),
    pieces: count(value, 'pieces'),
    withheldPieces: count(value, 'withheldPieces'),
    verifiedAt: time(value, 'verifiedAt'),
    peers: count(value, 'peers'),
    uploadedBytes: {
      tcp: count(uploaded, 'tcp'),
      webrtc: count(uploaded, 'webrtc'),
      http: count(uploaded, 'http'),
    },
    announces: Array.isArray(announces)
      ? announces.slice(0, MAX_ANNOUNCES).map(parseAnnounceState)
      : [],
  };
}

function parseAnnounceState(value: unknown): AnnounceState {
  return {
    tracker: text(value, 'tracker') ?? '',
    lastAt: time(value, 'lastAt'),
    state: text(value, 'state') ?? 'unknown',
    error: text(value, 'error'),
  };
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function text(value: unknown, key: string): string | null {
  const found = read(value, key);
  return typeof found === 'string' ? found.slice(0, MAX_TEXT_CHARACTERS) : null;
}

/** A whole number from 0 on; anything else is none. */
function count(value: unknown, key: string): number {
  const found = read(value, key);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : 0;
}

function time(value: unknown, key: string): string | null {
  const found = text(value, key);
  return found !== null && /^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z$/.test(found) ? found : null;
}
