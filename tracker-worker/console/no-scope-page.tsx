import type { Caller } from '../accounts/accounts.ts';
import { ConsoleLayout } from './console-layout.tsx';

/** For someone who is signed in with a token that may not do this. */
export function NoScopePage({ caller, path }: { readonly caller: Caller; readonly path: string }) {
  return (
    <ConsoleLayout title="Not allowed" caller={caller} path={path}>
      <h1>Not allowed</h1>
      <p class="notice warn">
        The token that you signed in with may not do this: it may{' '}
        {caller.identity.scopes.join(' and ')}. Sign out, and in again with another.
      </p>
    </ConsoleLayout>
  );
}
