import { afterEach, beforeAll } from 'vitest';
import { ensureEnvironments, type EnvironmentName } from '../../scripts/environments.mts';
import { createHarness, type OneBento, type Harness, type HarnessOptions } from './harness';

/** The stages of a file's tests: one at a time, gone after its test. */
export interface TestHarness {
  /** Of every environment, by name. */
  readonly pythons: Readonly<Record<EnvironmentName, string>>;
  readonly current: Harness;
  set(options: HarnessOptions): Harness;
  dispose(): Promise<void>;
}

/** To be called once in a file, outside of its tests. */
export function testHarness(): TestHarness {
  let pythons: Record<EnvironmentName, string> | undefined;
  let harness: Harness | undefined;
  const dispose = async (): Promise<void> => {
    await harness?.dispose();
    harness = undefined;
  };
  beforeAll(async () => {
    pythons = await ensureEnvironments();
  }, 600_000);
  afterEach(dispose);
  return {
    get pythons() {
      if (pythons === undefined) throw new Error('The environments are there once tests run.');
      return pythons;
    },
    get current() {
      if (harness === undefined) throw new Error('No harness was set in this test.');
      return harness;
    },
    set: (options) => (harness = createHarness(options)),
    dispose,
  };
}

/** Sets stages of one sample of class services, which are served from fork servers. */
export const forkServerHarnesses =
  (stages: TestHarness, sample: string, reference: string) =>
  (
    settings: object = {},
    options: Partial<OneBento> & Omit<HarnessOptions, 'sources'> = {},
  ): Harness =>
    stages.set({
      python: stages.pythons['bentoml-1.4'],
      sample,
      reference,
      settings: { warmUp: 'onServe', ...settings },
      ...options,
    });
