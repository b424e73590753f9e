import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { ensureEnvironments, type EnvironmentName } from '../../scripts/environments.mts';
import { SharedHelpers } from './shared-helpers';
import { processesWith } from './processes';
import { createHarness, type OneBento, type Harness, type HarnessOptions } from './harness';

/** The harnesses of a file's tests: one at a time, gone after its test. */
export interface TestHarness {
  /** Of every environment, by name. */
  readonly pythons: Readonly<Record<EnvironmentName, string>>;
  readonly current: Harness;
  set(options: HarnessOptions): Harness;
  /** One with helpers of its own, also where the tests of the file share theirs. */
  setAlone(options: HarnessOptions): Harness;
  dispose(): Promise<void>;
}

/**
 * To be called once in a file, outside of its tests. `sharesHelpers`: its warm helpers wait for the next test, as they
 * do for the next serve of a window, and end with the file, which then has left no process.
 */
export function testHarness({ sharesHelpers = false } = {}): TestHarness {
  let pythons: Record<EnvironmentName, string> | undefined;
  let helpers: SharedHelpers | undefined;
  let harness: Harness | undefined;
  const dispose = async (): Promise<void> => {
    await harness?.dispose();
    harness = undefined;
  };
  beforeAll(async () => {
    if (sharesHelpers) helpers = new SharedHelpers();
    pythons = await ensureEnvironments();
  }, 600_000);
  afterEach(dispose);
  afterAll(async () => {
    await helpers?.dispose();
    // What is left behind cannot be told on Windows from a test.
    if (helpers === undefined || process.platform === 'win32') return;
    expect(processesWith(`SERVE_BENTO_TEST=${helpers.folder}`)).toEqual([]);
  });
  return {
    get pythons() {
      if (pythons === undefined) throw new Error('The environments are there once tests run.');
      return pythons;
    },
    get current() {
      if (harness === undefined) throw new Error('No harness was set in this test.');
      return harness;
    },
    set: (options) => (harness = createHarness({ ...(helpers && { helpers }), ...options })),
    setAlone: (options) => (harness = createHarness(options)),
    dispose,
  };
}

/** Sets harnesses of one sample of class services, which are served from fork servers. */
export const forkServerHarnesses =
  (harnesses: TestHarness, sample: string, reference: string) =>
  (
    settings: object = {},
    options: Partial<OneBento> & Omit<HarnessOptions, 'sources'> = {},
  ): Harness =>
    harnesses.set({
      python: harnesses.pythons['bentoml-1.4'],
      sample,
      reference,
      settings: { warmUp: 'onServe', ...settings },
      ...options,
    });
