import { defineProject } from 'vitest/config';

// Whole programs and real downloads: a minute, not milliseconds, before a hang is called a hang.
export default defineProject({
  test: {
    name: 'e2e',
    include: ['**/*.test.ts'],
    globalSetup: ['../support/build-edge.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
