import { toHex } from '../../shared/bytes.ts';
import type { Tokens } from './tokens.ts';
import { equalSecrets } from './equal-secrets.ts';
import { hasScope } from './scope.ts';
import { hashToken, isTokenText, parseBearer } from './token-text.ts';

/** How long a verified token is believed without asking: a revoked one may announce for so long. */
export const TOKEN_BELIEVED_MS = 60_000;
/** Verified tokens that one machine of the edge remembers. */
export const MAX_BELIEVED_TOKENS = 1000;

const SECONDS_PER_DAY = 86_400;

export interface AnnounceTokenComponents {
  /** The operator's secret; without it no token is right. */
  readonly publisherToken: string | undefined;
  readonly tokens: Tokens;
  readonly nowMs: () => number;
}

/**
 * Tells which announces come from a seed box. It announces each of its torrents, so that a token is asked for once a
 * minute and not for each. Only tokens that were right are remembered, by their hashes, the one that was verified
 * first forgotten first: what strangers make up takes no room.
 */
export class AnnounceTokens {
  readonly #publisherToken: string | undefined;
  readonly #tokens: Tokens;
  readonly #nowMs: () => number;
  /** Until when each hash is believed. */
  readonly #believedUntilMs = new Map<string, number>();

  constructor({ publisherToken, tokens, nowMs }: AnnounceTokenComponents) {
    this.#publisherToken = publisherToken;
    this.#tokens = tokens;
    this.#nowMs = nowMs;
  }

  /** Whether `Authorization` is known to be a seed box's, without asking the catalogue. */
  async isBelieved(authorization: string): Promise<boolean> {
    const text = parseBearer(authorization);
    if (text === undefined || this.#publisherToken === undefined) return false;
    if (await equalSecrets(text, this.#publisherToken)) return true;
    if (!isTokenText(text)) return false;
    const untilMs = this.#believedUntilMs.get(toHex(await hashToken(text)));
    return untilMs !== undefined && this.#nowMs() < untilMs;
  }

  /** Whether `Authorization` is a seed box's: asks the catalogue, and throws when that is away. */
  async verify(authorization: string): Promise<boolean> {
    const text = parseBearer(authorization);
    if (text === undefined || this.#publisherToken === undefined) return false;
    if (!isTokenText(text)) return false;
    const hash = toHex(await hashToken(text));
    const nowMs = this.#nowMs();
    const day = Math.floor(nowMs / 1000 / SECONDS_PER_DAY);
    const token = await this.#tokens.use('hash', hash, day);
    this.#believedUntilMs.delete(hash);
    if (token === null || !hasScope(token, ['seedbox'])) return false;
    if (this.#believedUntilMs.size >= MAX_BELIEVED_TOKENS) {
      const [oldest] = this.#believedUntilMs.keys();
      if (oldest !== undefined) this.#believedUntilMs.delete(oldest);
    }
    this.#believedUntilMs.set(hash, nowMs + TOKEN_BELIEVED_MS);
    return true;
  }
}
