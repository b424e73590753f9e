import { afterEach, beforeAll } from 'vitest';
import { ensureEnvironments, type EnvironmentName } from '../../scripts/environments.mts';
import { setStage, type OneBento, type Stage, type StageOptions } from './stage';

/** The stages of a file's tests: one at a time, gone after its test. */
export interface TestStage {
  /** Of every environment, by name. */
  readonly pythons: Readonly<Record<EnvironmentName, string>>;
  readonly current: Stage;
  set(options: StageOptions): Stage;
  dispose(): Promise<void>;
}

/** To be called once in a file, outside of its tests. */
export function testStage(): TestStage {
  let pythons: Record<EnvironmentName, string> | undefined;
  let stage: Stage | undefined;
  const dispose = async (): Promise<void> => {
    await stage?.dispose();
    stage = undefined;
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
      if (stage === undefined) throw new Error('No stage was set in this test.');
      return stage;
    },
    set: (options) => (stage = setStage(options)),
    dispose,
  };
}

/** Sets stages of one sample of class services, which are served from fork servers. */
export const forkServerStages =
  (stages: TestStage, sample: string, reference: string) =>
  (settings: object = {}, options: Partial<OneBento> & Omit<StageOptions, 'sources'> = {}): Stage =>
    stages.set({
      python: stages.pythons['bentoml-1.4'],
      sample,
      reference,
      settings: { warmUp: 'onServe', ...settings },
      ...options,
    });
