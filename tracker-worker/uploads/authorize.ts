import { tokenProblem } from '../catalog/token-problem.ts';
import type { Config } from '../config.ts';

/** What a caller may do. */
type Scope = 'publish' | 'seedbox' | 'admin';

/** Who a caller is. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Who asks, where that may be asked; what answers the request otherwise. */
export type Authorize = (request: Request, scope: Scope) => Promise<Identity | Response>;

/** Whoever has the publisher token is the operator, and may do everything. */
export function authorizeOperator({ publisherToken }: Pick<Config, 'publisherToken'>): Authorize {
  return async (request) => {
    const authorization = request.headers.get('authorization') ?? undefined;
    const problem = await tokenProblem(authorization, publisherToken);
    return problem ?? { id: 'operator', name: 'operator', scopes: ['admin'] };
  };
}
