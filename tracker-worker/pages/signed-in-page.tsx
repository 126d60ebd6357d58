import type { Caller } from '../accounts/accounts.ts';
import { Layout } from './layout.tsx';

/** Who is signed in, and the way out. */
export function SignedInPage({ identity, session }: Caller) {
  return (
    <Layout title="Publish – Evertorrent">
      <h1>Publish</h1>
      <p>
        Signed in as <strong dir="auto">{identity.name}</strong> ({identity.scopes.join(', ')}).
      </p>
      {session === undefined ? null : (
        <form method="post" action="/publish/sign-out">
          <input type="hidden" name="csrf" value={session.csrf} />
          <button class="button">Sign out</button>
        </form>
      )}
    </Layout>
  );
}
