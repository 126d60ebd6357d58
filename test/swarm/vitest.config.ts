import { defineProject } from 'vitest/config';

// A crowd and its deadlines: up to two minutes, and a machine that does little else meanwhile.
export default defineProject({
  test: { name: 'swarm', include: ['**/*.test.ts'], testTimeout: 240_000 },
});
