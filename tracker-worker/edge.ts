import { createTracker } from './announce/tracker.ts';
import { type AppComponents, createApp } from './app.tsx';

/** The whole edge behind its bindings: what it is made of is handed in. */
export function createEdge(components: AppComponents): {
  fetch(request: Request): Response | Promise<Response>;
} {
  // The tracker comes first: what it does not know is a page, the API, or nothing.
  const tracker = createTracker(components);
  const app = createApp(components);
  return { fetch: (request) => tracker.handle(request) ?? app.fetch(request) };
}
