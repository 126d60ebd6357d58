import * as v from 'valibot';
import { expect } from 'vitest';
import { PROBLEM } from '../../tracker-worker/api/api-document.ts';
import type { Operation } from '../../tracker-worker/api/operation.ts';
import type { Answer } from './upload-client.ts';

/** Holds an answer against what the operation declares: no key more or less, a refusal with a code that stands there. */
export function expectDeclared(operation: Operation, { status, headers, text }: Answer): void {
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (status >= 400) {
    const { code } = v.parse(PROBLEM, body);
    const problems = [...operation.problems, { status: 400, code: 'bad-query' }];
    expect(problems.map((one) => `${one.status} ${one.code}`)).toContain(`${status} ${code}`);
    return;
  }
  const answer = operation.answers[status];
  expect([operation.id, status, answer === undefined]).toEqual([operation.id, status, false]);
  expect(body).toEqual(v.parse(answer?.schema ?? v.undefined(), body));
  const named = Object.keys(answer?.headers ?? {});
  expect(named.filter((name) => headers[name.toLowerCase()] === undefined)).toEqual([]);
}
