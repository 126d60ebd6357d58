// Bundles the Worker as `wrangler deploy` does, and writes beside it how wrangler.toml binds it, for miniflare.
// Usage: build-edge.ts [folder], in the package's folder; dist/edge by default.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';

const bundleDir = process.argv[2] ?? 'dist/edge';
// The package exports its API alone; its program lies beside it.
const wrangler = fileURLToPath(new URL('../bin/wrangler.js', import.meta.resolve('wrangler')));

const { status } = spawnSync(
  process.execPath,
  [wrangler, 'deploy', '--dry-run', '--outdir', bundleDir],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  },
);
if (status === 0) {
  const { workerOptions } = unstable_getMiniflareWorkerOptions('wrangler.toml');
  // Last: its time says that the whole bundle is there.
  writeFileSync(
    join(bundleDir, 'worker-options.json'),
    JSON.stringify(workerOptions, undefined, 2),
  );
} else {
  process.exitCode = 1;
}
