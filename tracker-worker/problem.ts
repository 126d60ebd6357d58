/** What an API client is told of a refusal: RFC 9457 with a stable `code`. */
export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 414 | 426 | 429 | 451 | 500 | 503 | 507;
  /** Stable and machine-readable; one code, one cause. */
  readonly code: string;
  /** The same words for every problem of this status. */
  readonly title: string;
  /** What is wrong with this very request. */
  readonly detail: string;
}

export function problemResponse(
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(
    {
      type: 'about:blank',
      title: problem.title,
      status: problem.status,
      code: problem.code,
      detail: problem.detail,
    },
    {
      status: problem.status,
      headers: {
        ...headers,
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
      },
    },
  );
}
