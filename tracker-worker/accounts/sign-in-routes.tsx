import { Hono } from 'hono';
import { connectingAddress } from '../announce/connecting-address.ts';
import { RequestLimiter } from '../announce/request-limiter.ts';
import { privatePageResponse } from '../pages/page-response.ts';
import { SignInPage } from '../pages/sign-in-page.tsx';
import { type Problem, problemResponse } from '../problem.ts';
import { parseIpAddress } from '../../shared/endpoint.ts';
import { invariant } from '../../shared/invariant.ts';
import {
  ACCOUNT_PROBLEMS,
  MAX_SIGN_INS_PER_MINUTE,
  TOO_MANY_SIGN_INS,
} from './account-problems.ts';
import { accountProblem, type Accounts } from './accounts.ts';
import { isFromOwnOrigin } from './own-origin.ts';
import { MAX_FORM_BYTES, readForm } from './read-form.ts';
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts';

/** Where a session leads to. */
const CONSOLE = '/publish';
/** Addresses whose sign-ins one machine of the edge counts. */
const MAX_TRACKED_SIGN_IN_ADDRESSES = 10_000;
const RETRY_SECONDS = 60;

export interface SignInComponents {
  readonly accounts: Accounts;
  readonly nowMs: () => number;
}

/** Sign in with a token, and out again, by forms that need no script. */
export function signInRoutes({ accounts, nowMs }: SignInComponents): Hono {
  const app = new Hono();
  // Those whose address is not told share one.
  const unknownAddress = parseIpAddress('0.0.0.0');
  invariant(unknownAddress !== undefined, 'it is an address');
  const limiter = new RequestLimiter({
    maxRequestsPerMinutePerAddress: MAX_SIGN_INS_PER_MINUTE,
    maxTrackedAddresses: MAX_TRACKED_SIGN_IN_ADDRESSES,
  });

  app.post('/publish/sign-in', async (c) => {
    const address = connectingAddress(c.req.raw.headers) ?? unknownAddress;
    if (!limiter.admit(address, nowMs())) return refuseSignIn(c.req.raw, TOO_MANY_SIGN_INS);
    // Or another site could sign a browser in as somebody else, and receive what is then published.
    if (!isFromOwnOrigin(c.req.raw))
      return refuseSignIn(c.req.raw, ACCOUNT_PROBLEMS['csrf-refused']);
    const token = (await readForm(c.req.raw, MAX_FORM_BYTES))?.get('token')?.trim() ?? '';
    const value = await accounts.signIn(token);
    if (!value.ok) return refuseSignIn(c.req.raw, ACCOUNT_PROBLEMS[value.refusal.code]);
    return leaveFor(CONSOLE, setSessionCookie(c.req.url, value.value));
  });

  app.post('/publish/sign-out', async (c) => {
    const caller = await accounts.identify(c.req.raw);
    const isRefused = !caller.ok && caller.refusal.code === 'csrf-refused';
    if (isRefused || !isFromOwnOrigin(c.req.raw)) return accountProblem('csrf-refused');
    // Also where the session is over: what is left of it is the cookie.
    return leaveFor(CONSOLE, clearSessionCookie(c.req.url));
  });

  return app;
}

function leaveFor(location: string, setCookie: string): Response {
  const headers = { location, 'set-cookie': setCookie, 'cache-control': 'no-store' };
  return new Response(null, { status: 303, headers });
}

async function refuseSignIn(request: Request, problem: Problem): Promise<Response> {
  const headers = problem.status === 429 ? { 'retry-after': String(RETRY_SECONDS) } : {};
  if (request.headers.get('accept')?.includes('text/html') !== true) {
    return problemResponse(problem, headers);
  }
  const page = await privatePageResponse(<SignInPage problem={problem.detail} />, problem.status);
  for (const [name, value] of Object.entries(headers)) page.headers.set(name, value);
  return page;
}
