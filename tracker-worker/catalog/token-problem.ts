import { problemResponse } from '../problem.ts';
import { checkPublisherToken } from '../publisher-token.ts';
import { TOKEN_PROBLEMS } from './api-problems.ts';

/** What answers a request that does not carry the publisher token; `undefined` for one that does. */
export async function tokenProblem(
  authorization: string | undefined,
  secret: string | undefined,
): Promise<Response | undefined> {
  const check = await checkPublisherToken(authorization, secret);
  if (check === 'right') return undefined;
  return problemResponse(TOKEN_PROBLEMS[check], { 'www-authenticate': 'Bearer' });
}
