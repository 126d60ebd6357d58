import { Layout } from './layout.tsx';

/** The form that opens a session; `problem` is one static sentence on why the last attempt did not. */
export function SignInPage({ problem }: { readonly problem: string | undefined }) {
  return (
    <Layout title="Sign in – Evertorrent">
      <h1>Sign in</h1>
      <p>Publishing needs an access token of this edge.</p>
      {problem === undefined ? null : (
        <p role="alert" class="problem" id="problem">
          <strong>You are not signed in:</strong> {problem}.
        </p>
      )}
      <form method="post" action="/publish/sign-in">
        <label for="token">Access token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          spellcheck={false}
          {...(problem === undefined ? {} : { 'aria-describedby': 'problem' })}
        />
        <button class="button first">Sign in</button>
      </form>
    </Layout>
  );
}
