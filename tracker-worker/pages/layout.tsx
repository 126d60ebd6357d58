import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { type BrowserModule, browserModuleUrl } from './browser-modules.ts';
import { STYLESHEET } from './stylesheet.ts';

/** A ring that is never open: the site's mark, in the colour of the text around it. */
const MARK =
  '<path fill="none" stroke="currentColor" stroke-width="2.5" d="M10 2.5a7.5 7.5 0 1 1-7.2 5.4"/><circle cx="10" cy="10" r="3" fill="currentColor"/>';

const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" color="#1f9a73">${MARK}</svg>`,
)}`;

export interface LayoutProps {
  readonly title: string;
  /** What makes the page do more where scripts run; the response must say that it needs `modules`. */
  readonly module?: BrowserModule;
  /** Where else to go, in the header; the page itself is `isCurrent`. */
  readonly links?: readonly {
    readonly href: string;
    readonly label: string;
    readonly isCurrent?: boolean;
  }[];
  /** Where the same is to be had as a feed. */
  readonly feedUrl?: string;
  readonly children?: Child;
}

/** The frame of every page. */
export function Layout({ title, module, links = [], feedUrl, children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href={ICON} />
        {feedUrl !== undefined && (
          <link rel="alternate" type="application/rss+xml" title="Evertorrent" href={feedUrl} />
        )}
        <style>{raw(STYLESHEET)}</style>
        {module !== undefined && <script type="module" src={browserModuleUrl(module)} />}
      </head>
      <body>
        <header>
          <a class="brand" href="/">
            <svg viewBox="0 0 20 20" aria-hidden="true">
              {raw(MARK)}
            </svg>
            Evertorrent
          </a>
          {links.length > 0 && (
            <nav aria-label="Site">
              {links.map(({ href, label, isCurrent }) => (
                <a href={href} {...(isCurrent === true ? { 'aria-current': 'page' } : {})}>
                  {label}
                </a>
              ))}
            </nav>
          )}
        </header>
        <main>{children}</main>
        <footer>
          <a href="/stats">Tracker statistics</a>
          <a href="/api">API</a>
        </footer>
      </body>
    </html>
  );
}
