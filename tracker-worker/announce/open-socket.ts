import { logFault } from '../log.ts';
import { admitSender } from './sender.ts';
import type { TrackerContext } from './tracker-context.ts';

const RETRY_SECONDS = 60;

/**
 * Hands a WebSocket upgrade to a shard. A client whose upgrade is refused sees the status and no body that it could
 * read as a tracker's, so that the answer is for people.
 */
export async function openSocket(
  request: Request,
  prefix: string | undefined,
  context: TrackerContext,
): Promise<Response> {
  const sender = admitSender(request.headers, context);
  if (!sender.ok) {
    return refusal(sender.refusal.reason, sender.refusal.code === 'address-unknown' ? 400 : 429);
  }
  try {
    return await context.swarms.connect(request, prefix?.toLowerCase(), sender.value);
  } catch (error) {
    logFault('opening a socket', error);
    return refusal('the tracker is busy, try again soon', 503);
  }
}

function refusal(reason: string, status: 400 | 429 | 503): Response {
  const headers = { 'content-type': 'text/plain', 'cache-control': 'no-store' };
  return new Response(`${reason}\n`, {
    status,
    headers: status === 400 ? headers : { ...headers, 'retry-after': String(RETRY_SECONDS) },
  });
}
