/** What is told of a refusal: RFC 9457 with a stable `code`. */
export interface ApiProblem {
  readonly status: 400 | 401 | 404 | 405 | 409 | 413 | 429 | 500 | 507;
  readonly code: string;
  readonly detail: string;
}

const TITLES: Readonly<Record<ApiProblem['status'], string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  429: 'Too many requests',
  500: 'Internal server error',
  507: 'Insufficient storage',
};

export function problemResponse({ status, code, detail }: ApiProblem): Response {
  return Response.json(
    { type: 'about:blank', title: TITLES[status], status, code, detail },
    {
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    },
  );
}

export const UNKNOWN_JOB: ApiProblem = {
  status: 404,
  code: 'unknown-job',
  detail: 'there is no such job',
};

export const UNKNOWN_UPLOAD: ApiProblem = {
  status: 404,
  code: 'unknown-upload',
  detail: 'there is no such upload',
};
