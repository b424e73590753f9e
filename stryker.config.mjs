// @ts-check
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation.config.mts', related: false },
  mutate: ['src/core/target/local/supervise/*.ts', 'src/core/registry/*.ts'],
  ignorePatterns: ['/out', '/.cache', '/dist', '/media', '/samples', '/test/window', '/test/real'],
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'out/mutation.json' },
  clearTextReporter: { logTests: false, allowColor: false },
  concurrency: 1,
  timeoutMS: 60_000,
  tempDirName: 'out/stryker',
  thresholds: { high: 90, low: 80, break: null },
};
