import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineProject } from 'vitest/config';

// In workerd, with the bindings of the real wrangler.toml. Storage is apart for every file.
export default defineProject({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: '../../wrangler.toml' },
      miniflare: {
        bindings: {
          PUBLISHER_TOKEN: 'a-publisher-token',
          // One request cannot answer another here: the runner needs `no_handle_cross_request_promise_resolution`.
          // test/e2e/announce-calls.test.ts has that, on the runtime as it is deployed.
          MAX_ANNOUNCES_PER_CALL: '1',
        },
      },
    }),
  ],
  test: { name: 'worker', include: ['**/*.test.ts'] },
});
