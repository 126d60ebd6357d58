import type { Child } from 'hono/jsx';
import type { Caller } from '../accounts/accounts.ts';
import { hasScope } from '../accounts/scope.ts';
import { displayName } from '../display-name.ts';
import type { BrowserModule } from '../pages/browser-modules.ts';
import { Layout } from '../pages/layout.tsx';

export interface ConsoleLayoutProps {
  readonly title: string;
  readonly caller: Caller;
  /** The path of the page. */
  readonly path: string;
  readonly module?: BrowserModule;
  readonly children?: Child;
}

/** The frame of the console's pages: where to go, who is signed in, and the way out. */
export function ConsoleLayout({ title, caller, path, module, children }: ConsoleLayoutProps) {
  const places = [
    { href: '/', label: 'Catalogue' },
    { href: '/publish', label: 'Publish' },
    ...(hasScope(caller.identity, ['admin']) ? [{ href: '/publish/access', label: 'Access' }] : []),
    { href: '/api', label: 'API' },
  ];
  const links = places.map(({ href, label }) => ({ href, label, isCurrent: href === path }));
  const csrf = caller.session?.csrf;
  return (
    <Layout
      title={`${title} – Evertorrent`}
      links={links}
      {...(module === undefined ? {} : { module })}
    >
      <div class="row signed-in" data-part="session" data-csrf={csrf}>
        <p class="quiet small">
          Signed in as <bdi>{displayName(caller.identity.name)}</bdi>
        </p>
        {csrf !== undefined && (
          <form method="post" action="/publish/sign-out">
            <CsrfField csrf={csrf} />
            <button class="button small">Sign out</button>
          </form>
        )}
      </div>
      {children}
    </Layout>
  );
}

/** Proves that a form was sent from a page of ours. */
export function CsrfField({ csrf }: { readonly csrf: string | undefined }) {
  return csrf === undefined ? null : <input type="hidden" name="csrf" value={csrf} />;
}
