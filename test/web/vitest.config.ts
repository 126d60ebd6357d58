import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'web',
    include: ['**/*.test.ts'],
    globalSetup: ['../support/build-edge.ts'],
    // Real downloads in a real browser, on a machine that may be busy.
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
