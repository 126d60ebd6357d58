import { logFault } from '../log.ts';
import { identifyAnnouncer } from './sender.ts';
import type { TrackerContext } from './tracker-context.ts';

const RETRY_SECONDS = 60;
const STATUS = { 'address-unknown': 400, 'token-refused': 403, 'too-many-requests': 429 } as const;

/**
 * Hands a WebSocket upgrade to a shard. A client whose upgrade is refused sees the status and no body that it could
 * read as a tracker's, so that the answer is for people. A seed box has a socket for each prefix of its torrents, so
 * that its token exempts it from the sockets of an address too.
 */
export async function openSocket(
  request: Request,
  prefix: string | undefined,
  context: TrackerContext,
): Promise<Response> {
  try {
    const announcer = await identifyAnnouncer(request.headers, context);
    if (!announcer.ok) return refusal(announcer.refusal.reason, STATUS[announcer.refusal.code]);
    const { isPublisher, address } = announcer.value;
    const source = isPublisher ? undefined : address;
    return await context.swarms.connect(request, prefix?.toLowerCase(), source);
  } catch (error) {
    logFault('opening a socket', error);
    return refusal('the tracker is busy, try again soon', 503);
  }
}

function refusal(reason: string, status: 400 | 403 | 429 | 503): Response {
  const headers = { 'content-type': 'text/plain', 'cache-control': 'no-store' };
  const isForNow = status === 429 || status === 503;
  return new Response(`${reason}\n`, {
    status,
    headers: isForNow ? { ...headers, 'retry-after': String(RETRY_SECONDS) } : headers,
  });
}
