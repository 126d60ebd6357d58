import { Hono } from 'hono';
import { infoHashInUrl } from '../../shared/info-hash.ts';
import { describeRefusal } from '../../shared/result.ts';
import type { Accounts, Caller } from '../accounts/accounts.ts';
import { makeToken } from '../accounts/make-token.ts';
import { NEW_TOKEN } from '../accounts/token-operations.ts';
import { checkJson } from '../api/parse-json-body.ts';
import { MAX_CONSOLE_FORM_BYTES, readForm } from '../accounts/read-form.ts';
import type { Tokens } from '../accounts/tokens.ts';
import type { Lists } from '../catalog/catalog-lists.ts';
import type { Publications } from '../catalog/catalog-publications.ts';
import { MAX_REASON_CHARACTERS } from '../catalog/parse-listing.ts';
import { tellTracker } from '../catalog/tell-tracker.ts';
import { privatePageResponse } from '../pages/page-response.ts';
import type { Swarms } from '../swarm/swarm-shards.ts';
import { AccessPage } from './access-page.tsx';
import { letIn } from './let-in.tsx';

/** Takedowns that the page lists: the API has all of them. */
const MAX_LISTED_TAKEDOWNS = 200;
const PATH = '/publish/access';

const ADD_PROBLEMS = {
  'name-taken': 'No token was made: another one has this name.',
  'too-many': 'No token was made: there are as many as there can be. Revoke one first.',
} as const;

export interface AccessComponents {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly lists: Lists;
  readonly publications: Publications;
  readonly swarms: Swarms;
  readonly nowMs: () => number;
}

/** The console's page of who may do what, and of what was taken down: for admins. */
export function accessRoutes(components: AccessComponents): Hono {
  const { accounts, tokens, lists, publications, swarms, nowMs } = components;
  const app = new Hono();

  const show = async (
    caller: Caller,
    said: { readonly newToken?: string; readonly problem?: string } = {},
  ): Promise<Response> => {
    const [all, takedowns] = await Promise.all([
      tokens.all(),
      lists.page('blocklist', undefined, MAX_LISTED_TAKEDOWNS),
    ]);
    const page = (
      <AccessPage
        caller={caller}
        tokens={all}
        takedowns={takedowns}
        newToken={said.newToken}
        problem={said.problem}
      />
    );
    return privatePageResponse(page, said.problem === undefined ? 200 : 400);
  };

  app.get(PATH, async (c) => {
    const caller = await letIn(accounts, c.req.raw, 'admin');
    return caller instanceof Response ? caller : show(caller);
  });

  app.post(PATH, async (c) => {
    const caller = await letIn(accounts, c.req.raw, 'admin');
    if (caller instanceof Response) return caller;
    const form = (await readForm(c.req.raw, MAX_CONSOLE_FORM_BYTES)) ?? new URLSearchParams();
    switch (form.get('action') ?? '') {
      case 'add': {
        const wanted = checkJson(NEW_TOKEN, {
          name: form.get('name')?.trim(),
          scopes: form.getAll('scope'),
        });
        if (!wanted.ok) {
          return show(caller, {
            problem: `No token was made: ${describeRefusal(wanted.refusal)}.`,
          });
        }
        const { outcome, text } = await makeToken(tokens, wanted.value, nowMs());
        // The only page that ever has it: it is not kept, and the page is not cached.
        return show(
          caller,
          outcome === 'added' ? { newToken: text } : { problem: ADD_PROBLEMS[outcome] },
        );
      }
      case 'revoke':
        await tokens.remove(form.get('id') ?? '');
        return c.redirect(PATH, 303);
      case 'block': {
        const infoHash = infoHashInUrl(form.get('infoHash')?.trim() ?? '');
        const reason = form.get('reason')?.trim() ?? '';
        if (infoHash === undefined) {
          const problem = 'Nothing was taken down: an info-hash has 40 hexadecimal digits, or 64.';
          return show(caller, { problem });
        }
        if (reason === '' || Array.from(reason).length > MAX_REASON_CHARACTERS) {
          const problem = `Nothing was taken down: a reason has 1 to ${MAX_REASON_CHARACTERS} characters.`;
          return show(caller, { problem });
        }
        const listedAtSeconds = Math.floor(nowMs() / 1000);
        await lists.put('blocklist', { infoHash, reason, listedAtSeconds });
        return after(caller, await tellTracker(swarms, await publications.swarmsWith(infoHash)));
      }
      case 'lift': {
        const infoHash = infoHashInUrl(form.get('infoHash') ?? '');
        if (infoHash === undefined) return show(caller, { problem: 'This is no info-hash.' });
        await lists.remove('blocklist', infoHash);
        return after(caller, await tellTracker(swarms, await publications.swarmsWith(infoHash)));
      }
      default:
        return show(caller, { problem: 'The form was not understood: send it again.' });
    }
  });

  const after = async (caller: Caller, isTold: boolean): Promise<Response> => {
    if (isTold) return new Response(null, { status: 303, headers: { location: PATH } });
    const problem = 'It is done, but the tracker was not reached: do it once more.';
    return show(caller, { problem });
  };

  return app;
}
