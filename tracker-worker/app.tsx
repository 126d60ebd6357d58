import { Hono } from 'hono';
import { apiRoutes, type ApiComponents } from './catalog/api-routes.ts';
import { listRoutes, type ListComponents } from './catalog/list-routes.ts';
import { logFault } from './log.ts';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { pageResponse } from './pages/page-response.ts';
import { pageRoutes } from './pages/page-routes.tsx';
import { problemResponse } from './problem.ts';
import { statsRoutes } from './stats/stats-routes.tsx';
import { authorizeOperator } from './uploads/authorize.ts';
import { uploadRoutes } from './uploads/upload-routes.ts';
import { everseedRoutes } from './webseed/everseed-routes.ts';
import { webSeedRoutes } from './webseed/web-seed-routes.ts';

export type AppComponents = ApiComponents & ListComponents;

/** All of the edge but the tracker: pages, API, and what tells how it is doing. */
export function createApp(components: AppComponents): Hono {
  const app = new Hono();

  app.use(async (c, next) => {
    await next();
    c.header('x-content-type-options', 'nosniff');
    c.header('referrer-policy', 'no-referrer');
  });

  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' }));
  // First of the API: it asks for itself who may do what.
  app.route('/', uploadRoutes({ ...components, authorize: authorizeOperator(components.config) }));
  app.route('/', apiRoutes(components));
  app.route('/', listRoutes(components));
  app.route('/', everseedRoutes(components));
  app.route('/', webSeedRoutes(components));
  app.route('/', statsRoutes(components));
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
