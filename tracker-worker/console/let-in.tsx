import { type Accounts, accountProblem, type Caller } from '../accounts/accounts.ts';
import { hasScope, type Scope } from '../accounts/scope.ts';
import { privatePageResponse } from '../pages/page-response.ts';
import { SignInPage } from '../pages/sign-in-page.tsx';
import { NoScopePage } from './no-scope-page.tsx';

/** Who asks for a page of the console, where they may see it; what they see instead. */
export async function letIn(
  accounts: Accounts,
  request: Request,
  scope: Scope,
): Promise<Caller | Response> {
  const caller = await accounts.identify(request);
  if (!caller.ok) {
    if (request.method !== 'GET') return accountProblem(caller.refusal.code);
    return privatePageResponse(<SignInPage problem={undefined} />);
  }
  const { pathname } = new URL(request.url);
  return hasScope(caller.value.identity, [scope])
    ? caller.value
    : privatePageResponse(<NoScopePage caller={caller.value} path={pathname} />, 403);
}
