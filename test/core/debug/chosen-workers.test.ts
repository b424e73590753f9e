import { describe, expect, it } from 'vitest';
import { chosenWorkers } from '../../../src/core/debug/chosen-workers';

const worker = (process: string) => ({
  ...{ component: 'service:A', componentName: 'A', pid: 1 },
  process,
});
const workers = [worker('service:A#1'), worker('service:A#2@3')];

describe('the workers to attach to', () => {
  it('are all of them', () => {
    expect(chosenWorkers(workers, undefined)).toEqual(workers);
  });

  it('have the number that their session shows', () => {
    expect(chosenWorkers(workers, 1)).toEqual([workers[0]]);
    expect(chosenWorkers(workers, 2)).toEqual([workers[1]]);
  });

  it('exist', () => {
    expect(() => chosenWorkers(workers, 3)).toThrow(
      'There is no worker 3 to debug (running workers: 2). Correct the launch configuration.',
    );
  });
});
