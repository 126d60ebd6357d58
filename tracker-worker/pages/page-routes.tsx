import { Hono } from 'hono';
import type { Publications } from '../catalog/catalog-publications.ts';
import { HomePage } from './home-page.tsx';
import { pageResponse } from './page-response.ts';

/** Publications that the first page shows. */
const MAX_NEWEST = 50;

export interface PageComponents {
  readonly publications: Publications;
}

/** The first page. */
export function pageRoutes({ publications }: PageComponents): Hono {
  const app = new Hono();

  app.get('/', async () =>
    pageResponse(<HomePage newest={await publications.newest(MAX_NEWEST)} />),
  );

  return app;
}
