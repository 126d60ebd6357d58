import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { STYLESHEET } from './stylesheet.ts';

/** The frame of every page. */
export function Layout({ title, children }: { readonly title: string; readonly children?: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
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
