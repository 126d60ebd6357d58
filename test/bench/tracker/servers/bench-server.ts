import { Child } from './child.ts';

/** A server under load. */
export interface BenchServer {
  readonly port: number;
  /** Itself and its descendants are what its CPU time is counted of. */
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Starts a module that answers its first message with its port. */
export async function forkServer(moduleUrl: URL, start: object): Promise<BenchServer> {
  const child = Child.fork(moduleUrl);
  const port = await child.ask<number | string>(start);
  if (typeof port !== 'number') {
    await child.stop();
    throw new Error(`A server did not start: ${port}\n${child.output}`);
  }
  return { port, pid: child.pid, stop: () => child.stop() };
}
