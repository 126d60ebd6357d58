import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'seed',
    include: ['**/*.test.ts'],
    globalSetup: ['../support/build-edge.ts'],
    testTimeout: 30_000,
  },
});
