import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { STYLESHEET } from './stylesheet.ts';

/** The frame of every page. */
export function Layout({
  title,
  feedUrl,
  children,
}: {
  readonly title: string;
  /** Where the same is to be had as a feed. */
  readonly feedUrl?: string;
  readonly children?: Child;
}) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        {feedUrl !== undefined && (
          <link rel="alternate" type="application/rss+xml" title="Evertorrent" href={feedUrl} />
        )}
        <style>{raw(STYLESHEET)}</style>
      </head>
      <body>
        <header>
          <a href="/">Evertorrent</a>
        </header>
        <main>{children}</main>
      </body>
    </html>
  );
}
