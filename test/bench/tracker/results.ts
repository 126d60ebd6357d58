import type { CostLine } from './cost-model.ts';
import type { HttpFigures } from './http-section.ts';
import type { MemoryFigures } from './load/memory-fill.ts';
import type { RowFigures } from './rows-section.ts';
import type { SocketFigures } from './socket-section.ts';

/** All that a run measured. A section that was left out is `undefined`. */
export interface Results {
  readonly http: readonly HttpFigures[] | undefined;
  readonly socket: readonly SocketFigures[] | undefined;
  readonly rows: RowFigures | undefined;
  readonly memory: MemoryFigures | undefined;
}

/** What a million announces cost, where everything that it takes was measured. */
export interface Costs {
  readonly http: readonly CostLine[] | undefined;
  readonly socket: readonly CostLine[] | undefined;
}
