import { Hono } from 'hono';
import { announceRoutes } from './announce/announce-routes.ts';
import { apiRoutes, type ApiComponents } from './catalog/api-routes.ts';
import { logFault } from './log-fault.ts';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { pageResponse } from './pages/page-response.ts';
import { pageRoutes } from './pages/page-routes.tsx';
import { problemResponse } from './problem.ts';

/** The whole edge behind its bindings: what it is made of is handed in. */
export function createApp(components: ApiComponents): Hono {
  const app = new Hono();

  app.use(async (c, next) => {
    await next();
    c.header('x-content-type-options', 'nosniff');
    c.header('referrer-policy', 'no-referrer');
  });

  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' }));
  app.route('/', announceRoutes(components));
  app.route('/', apiRoutes(components));
  app.route('/', pageRoutes(components));

  app.notFound(async (c) =>
    c.req.header('accept')?.includes('text/html') === true
      ? pageResponse(<NotFoundPage reason="There is no such page." />, 404)
      : problemResponse({
          status: 404,
          code: 'no-such-route',
          title: 'Not found',
          detail: 'there is nothing at this path for this method',
        }),
  );

  // What failed is for the operator's log; a remote learns that it was not its fault.
  app.onError((error) => {
    logFault('serving a request', error);
    return problemResponse({
      status: 500,
      code: 'internal-error',
      title: 'Internal server error',
      detail: 'the request failed here; it may be sent again',
    });
  });

  return app;
}
