import { defineConfig } from 'vitest/config';

// One project a runtime or a price: `npm test` runs all but `interop`, which needs other BitTorrent
// clients, and `swarm`, which needs the machine for itself.
export default defineConfig({ test: { projects: ['test/*/vitest.config.ts'] } });
