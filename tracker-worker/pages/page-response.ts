import { html } from 'hono/html';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { encodeUtf8 } from '../../shared/text.ts';
import { STYLESHEET } from './stylesheet.ts';

/**
 * A page as a response. Nothing but its own stylesheet may load or run: a name that got past the escaping would still
 * do nothing.
 */
export async function pageResponse(page: JSX.Element, status = 200): Promise<Response> {
  // The counts are live.
  return respond(page, status, { formAction: "'none'", cacheControl: 'no-cache' });
}

/** A page that is for one person, and sends forms to this edge. */
export async function privatePageResponse(page: JSX.Element, status = 200): Promise<Response> {
  return respond(page, status, { formAction: "'self'", cacheControl: 'no-store' });
}

async function respond(
  page: JSX.Element,
  status: number,
  { formAction, cacheControl }: { readonly formAction: string; readonly cacheControl: string },
): Promise<Response> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encodeUtf8(STYLESHEET)));
  const styleHash = btoa(String.fromCharCode(...digest));
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ].join('; ');
  const document = await html`<!doctype html>${page}`;
  return new Response(document.toString(), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': cacheControl,
    },
  });
}
