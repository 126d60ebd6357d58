// A bare Worker in miniflare, in a process of its own that lives as long as the channel to its parent.
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import type { BenchWorker } from './bench-worker.ts';

let miniflare: Miniflare | undefined;

process.once('message', (worker: BenchWorker) => {
  start(worker).then(
    (port) => process.send?.(port),
    (error: unknown) => process.send?.(String(error)),
  );
});
process.once('disconnect', () => {
  void (miniflare?.dispose() ?? Promise.resolve()).finally(() => process.exit());
});

async function start(worker: BenchWorker): Promise<number> {
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'bare',
      modules: [{ type: 'ESModule', path: 'index.js', contents: worker.script }],
      compatibilityDate: worker.compatibilityDate,
      compatibilityFlags: [...worker.compatibilityFlags],
      bindings: { ...worker.vars },
      durableObjects: Object.fromEntries(
        Object.entries(worker.durableObjects).map(([name, className]) => [
          name,
          { className, useSQLite: true },
        ]),
      ),
      host: '127.0.0.1',
      port: 0,
      // Off: it would be downloaded.
      cf: false,
      log: new Log(LogLevel.ERROR),
    }),
  );
  const url = await miniflare.ready;
  return Number(url.port);
}
