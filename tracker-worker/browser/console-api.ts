import { part } from './parts.ts';

/** The edge said no: its words are fit for people. */
class ApiRefusal extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** What proves to the edge that a request comes from its own page. */
export function csrfHeaders(): Record<string, string> {
  return { 'x-csrf-token': part('session', HTMLElement).dataset['csrf'] ?? '' };
}

/** Asks the edge's API in this session. Throws `ApiRefusal`, and another error where the edge was not reached. */
export async function callApi(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(path, {
    method,
    headers: {
      ...csrfHeaders(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = response.status === 204 ? undefined : await readJson(response);
  if (response.ok) return answer;
  throw new ApiRefusal(response.status, detailOf(answer) ?? `the site answered ${response.status}`);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function detailOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('detail' in answer)) return undefined;
  return typeof answer.detail === 'string' ? answer.detail : undefined;
}
