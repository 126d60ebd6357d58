import { type LiveCounts, parseLiveCounts } from '../../shared/live-counts.ts';

const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 300_000;

/**
 * Calls `onCounts` with the counts of a swarm when they change, over a WebSocket at `path`. One that breaks is opened
 * again, ever more seldom; a page that nobody looks at has none.
 */
export function watchCounts(path: string, onCounts: (counts: LiveCounts) => void): void {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;

  const open = (): void => {
    if (socket !== undefined || document.hidden) return;
    clearTimeout(timer);
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const opened = new WebSocket(url);
    socket = opened;
    opened.addEventListener('message', ({ data }) => {
      retryMs = FIRST_RETRY_MS;
      const counts = parseLiveCounts(String(data));
      if (counts !== undefined) onCounts(counts);
    });
    opened.addEventListener('close', () => {
      if (socket !== opened) return;
      socket = undefined;
      timer = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
    });
  };

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      open();
      return;
    }
    clearTimeout(timer);
    const shut = socket;
    socket = undefined;
    shut?.close();
  });
  open();
}
