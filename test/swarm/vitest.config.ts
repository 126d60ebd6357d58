import { defineProject } from 'vitest/config';

// A crowd and its deadlines: a minute and a half where the machine does little else meanwhile.
export default defineProject({
  test: { name: 'swarm', include: ['**/*.test.ts'], testTimeout: 400_000 },
});
