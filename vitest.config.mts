import path from 'node:path';
import { defineConfig } from 'vitest/config';

const unit = {
  // Logic of the editor's side, whose real window is tested in test/window.
  resolve: { alias: { vscode: path.resolve('test/support/fake-vscode/index.ts') } },
  test: {
    globalSetup: './test/support/unit-setup.ts',
    include: ['test/**/*.test.ts'],
    // Properties try hundreds of inputs, on a machine that may be busy.
    testTimeout: 30_000,
  },
};

/** Tests with real processes may fail on a busy machine. They are run once more, and `npm test` reports it. */
const retry = 1;

export default defineConfig({
  test: {
    // `npm test` leaves them out: --tags-filter='!long'.
    tags: [{ name: 'long', description: 'Takes too long for every change.' }],
    reporters: ['default', './test/support/inputs-reporter.ts'],
    projects: [
      {
        ...unit,
        test: {
          ...unit.test,
          name: 'unit',
          exclude: [
            ...['test/real/**', 'test/pythons/**', 'test/window/**', 'test/vscode/**'],
            ...['test/engines/**', 'test/kubernetes/**', 'test/podman/**'],
          ],
          // The core has no state outside of its objects, so files share what a worker has loaded: half of the time.
          isolate: false,
        },
      },
      {
        // Some of these replace modules, which must not reach other files.
        ...unit,
        test: { ...unit.test, name: 'unit-editor', include: ['test/vscode/**/*.test.ts'] },
      },
      {
        test: {
          name: 'real',
          retry,
          globalSetup: './test/support/real-setup.ts',
          include: ['test/real/**/*.test.ts'],
          // Real servers on a small machine: they mostly wait, so two files at a time, with patience.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 900_000,
        },
      },
      {
        test: {
          name: 'pythons',
          globalSetup: './test/support/pythons-setup.ts',
          include: ['test/pythons/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'engines',
          retry,
          globalSetup: './test/engines/setup.ts',
          include: ['test/engines/**/*.test.ts'],
          maxWorkers: 2,
          // Containers that start side by side on a small machine.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'podman',
          retry,
          globalSetup: './test/podman/setup.ts',
          include: ['test/podman/**/*.test.ts'],
          // One at a time: they share a machine, and all of its Podman.
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'kubernetes',
          globalSetup: './test/kubernetes/setup.ts',
          include: ['test/kubernetes/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
