import { defineConfig } from 'vitest/config';

/** The tests that mutants are tried with. Properties try fewer inputs than in `npm test`. */
export default defineConfig({
  test: {
    globalSetup: './test/support/unit-setup.ts',
    include: ['test/core/registry/**/*.test.ts', 'test/core/target/**/*.test.ts'],
    env: { PROPERTY_FACTOR: '0.05' },
    testTimeout: 60_000,
  },
});
