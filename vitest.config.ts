import { defineConfig } from 'vitest/config';

// One project a runtime or a price: `npm test` runs all but `interop`, which needs other BitTorrent clients.
export default defineConfig({ test: { projects: ['test/*/vitest.config.ts'] } });
