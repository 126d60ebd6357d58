import type { Scope } from '../../../tracker-worker/accounts/scope.ts';
import { AUTHORIZED, fetchEdge } from './edge.ts';

export interface CreatedToken {
  readonly id: string;
  readonly token: string;
  readonly headers: { readonly authorization: string };
}

export async function requestToken(body: unknown, headers = AUTHORIZED): Promise<Response> {
  return fetchEdge('/api/tokens', {
    method: 'POST',
    headers,
    body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
  });
}

let created = 0;

/** A new token with these scopes. */
export async function createToken(...scopes: readonly Scope[]): Promise<CreatedToken> {
  created += 1;
  const response = await requestToken({ name: `token ${created}`, scopes });
  if (response.status !== 201) throw new Error(`making a token is ${response.status}`);
  const { id, token } = await response.json<{ id: string; token: string }>();
  return { id, token, headers: { authorization: `Bearer ${token}` } };
}

export async function revokeToken(id: string): Promise<Response> {
  return fetchEdge(`/api/tokens/${id}`, { method: 'DELETE', headers: AUTHORIZED });
}
