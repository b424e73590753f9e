import { defineConfig } from 'vitest/config';

/** Folders and files of tests, separated by commas, that cover what is mutated: fewer are quicker. */
const chosen = process.env['MUTATION_TESTS'] ?? 'test/core/registry,test/core/target';

/** The tests that mutants are tried with. Properties try fewer inputs than in `npm test`. */
export default defineConfig({
  test: {
    globalSetup: './test/support/unit-setup.ts',
    include: chosen.split(',').map((one) => (one.endsWith('.ts') ? one : `${one}/**/*.test.ts`)),
    env: { PROPERTY_FACTOR: '0.05' },
    testTimeout: 60_000,
  },
});
