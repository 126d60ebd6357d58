#!/usr/bin/env node
// The seed box is TypeScript that Node runs directly, which takes a newer Node than many machines carry: this
// launcher hands over to the one that the `node` package installed with us.
import { spawn } from 'node:child_process';
import nodeModule, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MIN_NODE_MAJOR = 24;

if (Number.parseInt(process.versions.node, 10) >= MIN_NODE_MAJOR) {
  // Compiled code is kept for the next run: that is half of what a small command takes. Threads take it from the
  // environment.
  process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache');
  nodeModule.enableCompileCache(process.env['NODE_COMPILE_CACHE']);
  await import('./main.ts');
} else {
  const ownNode = createRequire(import.meta.url).resolve('node/bin/node');
  const launcher = fileURLToPath(import.meta.url);
  const child = spawn(ownNode, [launcher, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 1;
  });
}
