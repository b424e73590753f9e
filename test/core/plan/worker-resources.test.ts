import { describe, expect, it } from 'vitest';
import type { PlannedProcess } from '../../../src/core/plan/plan';
import { workerResources } from '../../../src/core/plan/worker-resources';

const planned = (over: Partial<PlannedProcess>): PlannedProcess => ({
  role: 'worker',
  argv: ['/python', '-m', 'bentoml_cli.worker.runner'],
  env: {},
  count: 1,
  sockets: ['self'],
  ...over,
});

describe('what BentoML assigns to workers', () => {
  it('is in the map of a runner, by the numbers of its workers', () => {
    const map = {
      0: { CUDA_VISIBLE_DEVICES: '0' },
      1: { CUDA_VISIBLE_DEVICES: '2,3' },
    };
    const argv = ['/python', '--worker-env-map', JSON.stringify(map), '--timeout', '5'];
    expect(workerResources(planned({ argv, count: 2 }))).toEqual([
      { gpus: ['0'] },
      { gpus: ['2', '3'] },
    ]);
  });

  it('is the number of threads of one that has the CPU', () => {
    const map = { 0: { CUDA_VISIBLE_DEVICES: '-1', BENTOML_NUM_THREAD: '2', OMP_NUM_THREADS: 2 } };
    const argv = ['/python', '--worker-env-map', JSON.stringify(map)];
    expect(workerResources(planned({ argv }))).toEqual([{ gpus: [], threads: 2 }]);
  });

  it('is in a list of workers', () => {
    const argv = ['--worker-env', '[{"CUDA_VISIBLE_DEVICES": "1"}, {}]'];
    expect(workerResources(planned({ argv, count: 2 }))).toEqual([{ gpus: ['1'] }, {}]);
  });

  it('is in the environment of all workers', () => {
    const env = { CUDA_VISIBLE_DEVICES: '0,1' };
    expect(workerResources(planned({ env, count: 2 }))).toEqual([
      { gpus: ['0', '1'] },
      { gpus: ['0', '1'] },
    ]);
  });

  it.each([
    [[]],
    [['--worker-env-map']],
    [['--worker-env-map', 'x']],
    [['--worker-env-map', '[1, {"0": []}]']],
    [['--worker-env-map', 'null']],
  ])('is nothing that could be read in %j', (argv) => {
    expect(workerResources(planned({ argv }))).toEqual([{}]);
  });
});
