import { describe, expect, it } from 'vitest';
import type { DebugChoice } from '../../../src/core/debug/debug-choice';
import { debugAgain } from '../../../src/core/target/debug-again';
import type { RunningBento } from '../../../src/core/target/running-bento';

const options = { debugpy: '/debugpy', subProcess: false };

function served(
  debugged: readonly string[],
  ids = ['http', 'service:A'],
): Pick<RunningBento, 'debugger' | 'components'> {
  return {
    components: ids.map((id) => ({ id })),
    debugger: {
      options: debugged.length === 0 ? undefined : options,
      isDebugging: (id: string) => debugged.includes(id),
    },
  } as unknown as Pick<RunningBento, 'debugger' | 'components'>;
}

describe('what comes next', () => {
  it.each<[string, DebugChoice | undefined, readonly string[], DebugChoice | undefined]>([
    ['nothing was debugged', undefined, [], undefined],
    ['it was attached to', undefined, ['http', 'service:A'], { ...options, workers: 'all' }],
    [
      'one component was attached to',
      undefined,
      ['http'],
      { ...options, components: ['http'], workers: 'all' },
    ],
    [
      'it was debugged from the start',
      options,
      ['http', 'service:A'],
      { ...options, workers: 'one' },
    ],
    [
      'one component was disconnected',
      options,
      ['service:A'],
      { ...options, components: ['service:A'], workers: 'one' },
    ],
    ['it was disconnected', options, [], undefined],
    ['only a component that is gone was debugged', options, ['service:Gone'], undefined],
  ])('is debugged as what runs now: %s', (_, before, debugged, expected) => {
    expect(debugAgain(before, served(debugged))).toEqual(expected);
  });

  it('is debugged as was chosen while nothing runs yet', () => {
    expect(debugAgain(options, served([], []))).toBe(options);
    expect(debugAgain(undefined, { debugger: undefined, components: [] })).toBeUndefined();
  });
});
