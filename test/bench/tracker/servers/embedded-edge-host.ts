// The embedded edge as `npm start` runs it, under a process whose descendants are all its own.
import { EmbeddedEdge } from '../../../../seed-node/edge/embedded-edge.ts';
import { createLog } from '../../../../seed-node/log.ts';

export interface EmbeddedEdgeStart {
  readonly stateDir: string;
  readonly vars: Readonly<Record<string, string>>;
}

let edge: EmbeddedEdge | undefined;

process.once('message', ({ stateDir, vars }: EmbeddedEdgeStart) => {
  const log = createLog('warn', (line) => process.stderr.write(line));
  const started = new EmbeddedEdge({ host: '127.0.0.1', port: 0, stateDir, vars, log });
  edge = started;
  started.start().then(
    () => process.send?.(started.port),
    (error: unknown) => process.send?.(String(error)),
  );
});
process.once('disconnect', () => {
  void (edge?.stop() ?? Promise.resolve()).finally(() => process.exit());
});
