import { html } from 'hono/html';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { contentPolicy, type PageNeeds } from './content-policy.ts';

/** A page as a response, with a policy that lets it load what it needs and nothing else. */
export async function pageResponse(
  page: JSX.Element,
  status = 200,
  needs: PageNeeds = {},
): Promise<Response> {
  // The counts are live.
  return respond(page, status, needs, 'no-cache');
}

/** A page that is for one person, and sends forms to this edge. */
export async function privatePageResponse(
  page: JSX.Element,
  status = 200,
  needs: PageNeeds = {},
): Promise<Response> {
  return respond(page, status, { ...needs, forms: true }, 'no-store');
}

async function respond(
  page: JSX.Element,
  status: number,
  needs: PageNeeds,
  cacheControl: string,
): Promise<Response> {
  const document = await html`<!doctype html>${page}`;
  return new Response(document.toString(), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': await contentPolicy(needs),
      'cache-control': cacheControl,
    },
  });
}
