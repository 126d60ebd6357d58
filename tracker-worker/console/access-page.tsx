import type { AccessToken } from '../accounts/access-token.ts';
import type { Caller } from '../accounts/accounts.ts';
import { SCOPES } from '../accounts/scope.ts';
import { MAX_TOKEN_NAME_CHARACTERS } from '../accounts/token-operations.ts';
import type { Listing } from '../catalog/listing.ts';
import { MAX_REASON_CHARACTERS } from '../catalog/parse-listing.ts';
import { displayName } from '../display-name.ts';
import { ConsoleLayout, CsrfField } from './console-layout.tsx';

/** What each scope lets its holder do, in words. */
const SCOPE_HELP = {
  publish: 'publish, edit, unpublish, upload',
  seedbox: 'what a seed box does: register, report, announce',
  admin: 'everything, these tokens too',
} as const;

export interface AccessPageProps {
  readonly caller: Caller;
  readonly tokens: readonly AccessToken[];
  readonly takedowns: readonly Listing[];
  /** The text of a token that was just made: shown this once. */
  readonly newToken: string | undefined;
  readonly problem: string | undefined;
}

/** Who may do what here, and what may not be had here. */
export function AccessPage({ caller, tokens, takedowns, newToken, problem }: AccessPageProps) {
  const csrf = caller.session?.csrf;
  return (
    <ConsoleLayout title="Access" caller={caller} path="/publish/access">
      <h1>Access</h1>
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      {newToken !== undefined && (
        <div class="notice good" role="status">
          <p>This is the new token. Copy it now: it is not shown again.</p>
          <p>
            <code>{newToken}</code>
          </p>
        </div>
      )}
      <h2>Tokens</h2>
      {tokens.length === 0 ? (
        <p class="quiet">There is none beside the operator’s secret.</p>
      ) : (
        <div class="scroll" tabindex={0} role="region" aria-label="Tokens">
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">May</th>
                <th scope="col">Last used</th>
                <th scope="col">
                  <span class="visually-hidden">Revoke</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {tokens.map((token) => (
                <tr>
                  <td>
                    <bdi>{displayName(token.name)}</bdi>
                  </td>
                  <td>{token.scopes.join(', ')}</td>
                  <td>
                    {token.lastUsedDay === null ? (
                      'never'
                    ) : (
                      <time>{dayOf(token.lastUsedDay * 86_400)}</time>
                    )}
                  </td>
                  <td>
                    <form method="post" action="/publish/access">
                      <CsrfField csrf={csrf} />
                      <input type="hidden" name="id" value={token.id} />
                      <button class="button small danger" name="action" value="revoke">
                        Revoke<span class="visually-hidden"> {displayName(token.name)}</span>
                      </button>
                    </form>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <form class="panel" method="post" action="/publish/access">
        <CsrfField csrf={csrf} />
        <h3>New token</h3>
        <div class="field">
          <label for="name">Name</label>
          <input
            id="name"
            name="name"
            required
            maxlength={MAX_TOKEN_NAME_CHARACTERS}
            autocomplete="off"
          />
          <p class="hint">Who or what uses it. Publications show it as their publisher.</p>
        </div>
        <fieldset class="field">
          <legend>It may</legend>
          {SCOPES.map((scope) => (
            <label class="choice">
              <input type="checkbox" name="scope" value={scope} />
              <span>
                {scope}
                <span class="quiet">: {SCOPE_HELP[scope]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <button class="button first" name="action" value="add">
          Make a token
        </button>
      </form>
      <h2>Taken down</h2>
      {takedowns.length === 0 ? (
        <p class="quiet">Nothing is.</p>
      ) : (
        <div class="scroll" tabindex={0} role="region" aria-label="Taken down">
          <table class="listing">
            <thead>
              <tr>
                <th scope="col">What, and why</th>
                <th scope="col">Since</th>
                <th scope="col">
                  <span class="visually-hidden">Lift</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {takedowns.map(({ infoHash, reason, listedAtSeconds }) => (
                <tr>
                  <td>
                    <bdi>{displayName(reason ?? 'No reason given')}</bdi>
                    <p class="quiet">
                      <code>{infoHash}</code>
                    </p>
                  </td>
                  <td>
                    <time>{dayOf(listedAtSeconds)}</time>
                  </td>
                  <td>
                    <form method="post" action="/publish/access">
                      <CsrfField csrf={csrf} />
                      <input type="hidden" name="infoHash" value={infoHash} />
                      <button class="button small" name="action" value="lift">
                        Lift<span class="visually-hidden"> the block of {infoHash}</span>
                      </button>
                    </form>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <form class="panel" method="post" action="/publish/access">
        <CsrfField csrf={csrf} />
        <h3>Take down by info-hash</h3>
        <div class="field">
          <label for="infoHash">Info-hash</label>
          <input id="infoHash" name="infoHash" required spellcheck={false} autocomplete="off" />
        </div>
        <div class="field">
          <label for="reason">Reason, for everyone to read</label>
          <input id="reason" name="reason" required maxlength={MAX_REASON_CHARACTERS} />
        </div>
        <button class="button danger" name="action" value="block">
          Take down
        </button>
      </form>
    </ConsoleLayout>
  );
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
