import { toHex } from '../../shared/bytes.ts';
import { accept, refuse, type Result } from '../../shared/result.ts';
import { problemResponse } from '../problem.ts';
import type { AccessToken } from './access-token.ts';
import { ACCOUNT_PROBLEMS, type AccountRefusalCode } from './account-problems.ts';
import type { Tokens } from './tokens.ts';
import { equalSecrets } from './equal-secrets.ts';
import { isFromOwnOrigin } from './own-origin.ts';
import { isForm, MAX_CONSOLE_FORM_BYTES, readForm } from './read-form.ts';
import { hasScope, type Identity, OPERATOR, type Scope } from './scope.ts';
import { readSessionCookies } from './session-cookie.ts';
import { SessionSigner } from './session-signer.ts';
import type { Session } from './session.ts';
import { hashToken, isTokenText, parseBearer } from './token-text.ts';

const SECONDS_PER_DAY = 86_400;

/** Who a request is made by, and in which session, if in any. */
export interface Caller {
  readonly identity: Identity;
  readonly session: OpenSession | undefined;
}

interface OpenSession extends Session {
  readonly csrf: string;
}

export interface AccountComponents {
  /** The operator's secret; without it nobody is let in, with no token. */
  readonly publisherToken: string | undefined;
  readonly tokens: Tokens;
  readonly nowMs: () => number;
}

/**
 * Who may do what at this edge: the only judge of tokens and sessions.
 *
 * - A header `Authorization` decides alone; the cookie counts only where there is none.
 * - A session is worth what its token is worth now: the catalogue is asked on every use.
 * - A session writes only with its CSRF token, and from a page of this edge.
 * - A request is judged once, whoever asks, and before its body is read: its form may hold the CSRF token.
 */
export class Accounts {
  readonly #publisherToken: string | undefined;
  readonly #tokens: Tokens;
  readonly #nowMs: () => number;
  readonly #signer: SessionSigner | undefined;
  readonly #judged = new WeakMap<Request, Promise<Result<Caller, AccountRefusalCode>>>();

  constructor({ publisherToken, tokens, nowMs }: AccountComponents) {
    this.#publisherToken = publisherToken;
    this.#tokens = tokens;
    this.#nowMs = nowMs;
    this.#signer = publisherToken === undefined ? undefined : new SessionSigner(publisherToken);
  }

  /** Who made a request that needs one of these scopes, or the answer to one that may not. Throws when the catalogue is away. */
  async authorize(
    request: Request,
    ...scopes: readonly [Scope, ...Scope[]]
  ): Promise<Identity | Response> {
    const caller = await this.identify(request);
    if (!caller.ok) return accountProblem(caller.refusal.code);
    const { identity } = caller.value;
    return hasScope(identity, scopes) ? identity : accountProblem('scope-missing');
  }

  /** Who made a request, whatever it may do. Throws when the catalogue is away. */
  async identify(request: Request): Promise<Result<Caller, AccountRefusalCode>> {
    const judged = this.#judged.get(request) ?? this.#judge(request);
    this.#judged.set(request, judged);
    return judged;
  }

  /** Opens a session with the text of a token: the value of its cookie. */
  async signIn(text: string): Promise<Result<string, AccountRefusalCode>> {
    const identity = await this.#identityOf(text);
    if (!identity.ok) return identity;
    const signer = this.#signer;
    if (signer === undefined) return refused('publishing-disabled');
    return accept((await signer.open(identity.value.id, this.#nowSeconds())).value);
  }

  async #judge(request: Request): Promise<Result<Caller, AccountRefusalCode>> {
    const authorization = request.headers.get('authorization');
    if (this.#publisherToken === undefined) return refused('publishing-disabled');
    if (authorization === null) return this.#judgeSession(request);
    const text = parseBearer(authorization);
    if (text === undefined) return refused('token-wrong');
    const identity = await this.#identityOf(text);
    return identity.ok ? accept({ identity: identity.value, session: undefined }) : identity;
  }

  async #judgeSession(request: Request): Promise<Result<Caller, AccountRefusalCode>> {
    const [value, ...others] = readSessionCookies(request);
    if (value === undefined) return refused('token-missing');
    // Which of them is ours cannot be told.
    if (others.length > 0) return refused('session-ended');
    const session = await this.#signer?.read(value, this.#nowSeconds());
    if (session === undefined || this.#signer === undefined) return refused('session-ended');
    const csrf = await this.#signer.csrfOf(session);
    if (!isSafe(request.method) && !(await provesItsPage(request, csrf))) {
      return refused('csrf-refused');
    }
    const identity =
      session.tokenId === OPERATOR.id ? OPERATOR : await this.#use('id', session.tokenId);
    if (identity === undefined) return refused('session-ended');
    return accept({ identity, session: { ...session, csrf } });
  }

  async #identityOf(text: string): Promise<Result<Identity, AccountRefusalCode>> {
    if (this.#publisherToken === undefined) return refused('publishing-disabled');
    if (await equalSecrets(text, this.#publisherToken)) return accept(OPERATOR);
    if (!isTokenText(text)) return refused('token-wrong');
    const identity = await this.#use('hash', toHex(await hashToken(text)));
    return identity === undefined ? refused('token-wrong') : accept(identity);
  }

  async #use(by: 'id' | 'hash', value: string): Promise<Identity | undefined> {
    const day = Math.floor(this.#nowSeconds() / SECONDS_PER_DAY);
    const token: AccessToken | null = await this.#tokens.use(by, value, day);
    if (token === null) return undefined;
    const { id, name, scopes } = token;
    return { id, name, scopes };
  }

  #nowSeconds(): number {
    return Math.floor(this.#nowMs() / 1000);
  }
}

/** The answer to a request that is not let in. */
export function accountProblem(code: AccountRefusalCode): Response {
  return problemResponse(ACCOUNT_PROBLEMS[code], { 'www-authenticate': 'Bearer' });
}

function refused(code: AccountRefusalCode): Result<never, AccountRefusalCode> {
  return refuse(code, ACCOUNT_PROBLEMS[code].detail);
}

/** Methods that change nothing, so that it does not matter which page made a browser send them. */
function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

async function provesItsPage(request: Request, csrf: string): Promise<boolean> {
  if (!isFromOwnOrigin(request)) return false;
  const offered = request.headers.get('x-csrf-token') ?? (await readFormField(request));
  return offered !== undefined && (await equalSecrets(offered, csrf));
}

async function readFormField(request: Request): Promise<string | undefined> {
  if (!isForm(request)) return undefined;
  // A copy is read: what handles the request reads the form again.
  const form = await readForm(request.clone(), MAX_CONSOLE_FORM_BYTES);
  return form?.get('csrf') ?? undefined;
}
