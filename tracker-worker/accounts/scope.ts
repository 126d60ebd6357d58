/**
 * What a token may do: `publish` is publications, jobs and uploads; `seedbox` is what a seed box does, register,
 * report and announce for another address; `admin` is everything.
 */
export const SCOPES = ['publish', 'seedbox', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who a request is made by. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Who has the secret PUBLISHER_TOKEN. */
export const OPERATOR: Identity = { id: 'operator', name: 'operator', scopes: ['admin'] };

/** Whether an identity may do what needs one of these scopes. */
export function hasScope({ scopes }: Identity, needed: readonly Scope[]): boolean {
  return scopes.includes('admin') || needed.some((scope) => scopes.includes(scope));
}
