#!/usr/bin/env node
// The seed box is TypeScript that Node runs directly, which takes a newer Node than many machines carry: this
// launcher hands over to the one that the `node` package installed with us.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const MIN_NODE_MAJOR = 24;

if (Number.parseInt(process.versions.node, 10) >= MIN_NODE_MAJOR) {
  await import('./main.ts');
} else {
  const ownNode = createRequire(import.meta.url).resolve('node/bin/node');
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(ownNode, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 1;
  });
}
