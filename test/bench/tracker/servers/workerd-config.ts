import type { BenchWorker } from './bench-worker.ts';

/** The text that plain `workerd serve` takes for a Worker: any free loopback port, objects' SQLite in `storageDir`. */
export function workerdConfig(
  worker: BenchWorker,
  paths: { readonly scriptName: string; readonly storageDir: string },
): string {
  const bindings = [
    ...Object.entries(worker.vars).map(
      ([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`,
    ),
    ...Object.entries(worker.durableObjects).map(
      ([name, className]) =>
        `(name = ${quote(name)}, durableObjectNamespace = ${quote(className)})`,
    ),
  ];
  const classes = Object.values(worker.durableObjects).map(
    (name) =>
      `(className = ${quote(name)}, uniqueKey = ${quote(`bench-${name}`)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "storage", disk = (path = ${quote(paths.storageDir)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed ${quote(paths.scriptName)})],
  compatibilityDate = ${quote(worker.compatibilityDate)},
  compatibilityFlags = [${worker.compatibilityFlags.map(quote).join(', ')}],
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${classes.join(', ')}],
  durableObjectStorage = (localDisk = "storage"),
);
`;
}

/** Cap'n Proto texts are written like JSON's, as far as config values go. */
function quote(text: string): string {
  return JSON.stringify(text);
}
