import { Layout } from './layout.tsx';

/** The form that opens a session; `problem` is one static sentence on why the last attempt did not. */
export function SignInPage({ problem }: { readonly problem: string | undefined }) {
  return (
    <Layout title="Sign in – Evertorrent" links={[{ href: '/', label: 'Catalogue' }]}>
      <h1>Sign in to publish</h1>
      {problem === undefined ? null : (
        <p role="alert" class="notice bad" id="problem">
          <strong>You are not signed in:</strong> {problem}.
        </p>
      )}
      <form class="panel" method="post" action="/publish/sign-in">
        <div class="field">
          <label for="token">Access token</label>
          <input
            id="token"
            name="token"
            type="password"
            autocomplete="current-password"
            required
            spellcheck={false}
            aria-describedby={problem === undefined ? 'token-hint' : 'problem token-hint'}
          />
          <p class="hint" id="token-hint">
            The operator of this site has the first one, and makes others under Access.
          </p>
        </div>
        <button class="button first">Sign in</button>
      </form>
    </Layout>
  );
}
