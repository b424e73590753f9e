import { expect, it } from 'vitest';
import { problemOf } from '../../../src/core/problem';
import { inspectedWorkers } from '../../../src/core/registry/inspected-workers';
import type { RunningBento } from '../../../src/core/target/running-bento';
import type { RunningWorker } from '../../../src/core/profile/running-worker';
import type { BentoSource } from '../../../src/core/model';
import { discovered } from '../../support/bentos';

const worker: RunningWorker = {
  ...{ component: 'http', componentName: 'Search', process: 'http#1', pid: 7 },
};

const served = (workers: readonly RunningWorker[]): RunningBento =>
  ({
    workers: () => workers,
    components: [{ id: 'service:Embedder', snapshot: { name: 'Embedder' } }],
  }) as unknown as RunningBento;

const outcome = (
  running: RunningBento | undefined,
  component: string | undefined,
  platform: NodeJS.Platform = 'linux',
  source: BentoSource = 'project',
): unknown => {
  try {
    const record = { bento: discovered({ source }), served: running };
    return inspectedWorkers(record, component, 'stacks', platform);
  } catch (error) {
    const { code, message } = problemOf(error);
    return `${code}: ${message}`;
  }
};

it('gives the running workers', () => {
  expect(outcome(served([worker]), 'http')).toEqual([worker]);
});

it.each([
  ['stacks: Search is not served', outcome(undefined, 'http')],
  ['stacks: Search runs elsewhere', outcome(served([]), 'http', 'linux', 'remote')],
  ['stacks: Embedder has no running worker', outcome(served([]), 'service:Embedder')],
  ['stacks: Search has no running worker', outcome(served([]), undefined)],
  ['stacks: Search cannot be profiled', outcome(served([worker]), 'http', 'win32')],
])('says why there are none: %s', (message, said) => {
  expect(said).toContain(message);
});
