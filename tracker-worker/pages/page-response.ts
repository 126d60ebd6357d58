import { html } from 'hono/html';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { contentPolicy, type PageNeeds } from './content-policy.ts';

/** A page as a response, with a policy that lets it load what it needs and nothing else. */
export async function pageResponse(
  page: JSX.Element,
  status = 200,
  needs: PageNeeds = {},
): Promise<Response> {
  const document = await html`<!doctype html>${page}`;
  return new Response(document.toString(), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': await contentPolicy(needs),
      // The counts are live.
      'cache-control': 'no-cache',
    },
  });
}
