import { defineProject } from 'vitest/config';

// Whole programs and real downloads: minutes, not milliseconds, before a hang is called a hang.
export default defineProject({
  test: { name: 'interop', include: ['**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
