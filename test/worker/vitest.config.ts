import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineProject } from 'vitest/config';

// In workerd, with the bindings of the real wrangler.toml. Storage is apart for every file.
export default defineProject({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: '../../wrangler.toml' },
      miniflare: { bindings: { PUBLISHER_TOKEN: 'a-publisher-token' } },
    }),
  ],
  test: { name: 'worker', include: ['**/*.test.ts'] },
});
