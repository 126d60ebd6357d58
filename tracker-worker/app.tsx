import { Hono } from 'hono';
import { Accounts, accountProblem } from './accounts/accounts.ts';
import { signInRoutes } from './accounts/sign-in-routes.tsx';
import { tokenRoutes, type TokenComponents } from './accounts/token-routes.ts';
import { apiDocumentRoutes } from './api/api-document-routes.tsx';
import { apiRoutes, type ApiComponents } from './catalog/api-routes.ts';
import { historyRoutes } from './catalog/history-routes.ts';
import { listRoutes, type ListComponents } from './catalog/list-routes.ts';
import { publicationRoutes } from './catalog/publication-routes.ts';
import { logFault } from './log.ts';
import { catalogueRoutes } from './pages/catalogue-routes.tsx';
import { accessRoutes } from './console/access-routes.tsx';
import { consoleRoutes } from './console/console-routes.tsx';
import { liveRoutes } from './pages/live-routes.ts';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { pageResponse } from './pages/page-response.ts';
import { torrentRoutes } from './pages/torrent-routes.tsx';
import { problemResponse } from './problem.ts';
import { statsRoutes } from './stats/stats-routes.tsx';
import { discardBody } from './uploads/bounded-body.ts';
import { uploadRoutes } from './uploads/upload-routes.ts';
import { everseedRoutes } from './webseed/everseed-routes.ts';
import { webSeedRoutes } from './webseed/web-seed-routes.ts';

/** Of a request that is too large: Cloudflare itself takes no body of more than that on most plans. */
const MAX_DISCARDED_BYTES = 100_000_000;

export type AppComponents = Omit<ApiComponents & ListComponents & TokenComponents, 'accounts'>;

/** All of the edge but the tracker: pages, API, and what tells how it is doing. */
export function createApp(parts: AppComponents): Hono {
  const app = new Hono();
  const { publisherToken } = parts.config;
  const components = { ...parts, accounts: new Accounts({ ...parts, publisherToken }) };

  app.use(async (c, next) => {
    await next();
    // Refused or not, a request is read to its end.
    await discardBody(c.req.raw, MAX_DISCARDED_BYTES);
    // The headers of an upgrade are the socket's.
    if (c.res.status === 101) return;
    c.header('x-content-type-options', 'nosniff');
    // Nothing goes to others; and with less, browsers would not tell this edge of which origin a form is (Fetch, 3.2).
    c.header('referrer-policy', 'same-origin');
  });

  // A net under the routes, which ask for their scopes themselves: whoever writes has an account.
  app.use('/api/*', async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const caller = await components.accounts.identify(c.req.raw);
    return caller.ok ? next() : accountProblem(caller.refusal.code);
  });

  app.get('/healthz', (c) => c.json({ status: 'ok' }, 200, { 'cache-control': 'no-store' }));
  // First of the API: it asks for itself who may do what.
  app.route('/', uploadRoutes(components));
  app.route('/', consoleRoutes(components));
  app.route('/', accessRoutes(components));
  app.route('/', apiRoutes(components));
  app.route('/', publicationRoutes(components));
  app.route('/', historyRoutes(components));
  app.route('/', listRoutes(components));
  app.route('/', everseedRoutes(components));
  app.route('/', tokenRoutes(components));
  app.route('/', apiDocumentRoutes());
  app.route('/', signInRoutes(components));
  app.route('/', webSeedRoutes(components));
  app.route('/', statsRoutes(components));
  app.route('/', catalogueRoutes(components));
  app.route('/', liveRoutes(components));
  app.route('/', torrentRoutes(components));

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
