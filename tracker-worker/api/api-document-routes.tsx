import { Hono } from 'hono';
import { ApiPage } from '../pages/api-page.tsx';
import { pageResponse } from '../pages/page-response.ts';
import { apiDocument } from './api-document.ts';
import { OPERATIONS } from './operations.ts';

/** The API about itself: for programs, and for people. Both are made of what requests are checked by. */
export function apiDocumentRoutes(): Hono {
  const app = new Hono();

  app.get('/api/openapi.json', (c) =>
    c.json(apiDocument(OPERATIONS, new URL(c.req.url).origin), 200, {
      'cache-control': 'no-cache',
      // There is nothing secret in it, and tools in browsers read it.
      'access-control-allow-origin': '*',
    }),
  );

  app.get('/api', async (c) =>
    pageResponse(<ApiPage document={apiDocument(OPERATIONS, new URL(c.req.url).origin)} />),
  );

  return app;
}
