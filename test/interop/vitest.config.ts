import { defineProject } from 'vitest/config';

export default defineProject({
  test: {
    name: 'interop',
    include: ['**/*.test.ts'],
    globalSetup: ['./install-clients.ts', '../support/build-edge.ts'],
    // Real downloads by other clients: a minute or two, not milliseconds, before a hang is called a hang.
    testTimeout: 150_000,
    hookTimeout: 60_000,
  },
});
