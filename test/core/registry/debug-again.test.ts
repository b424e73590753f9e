import { describe, expect, it } from 'vitest';
import type { OneTimeChoices } from '../../../src/core/bento-manager';
import { debugAgain } from '../../../src/core/registry/debug-again';
import type { RunningBento } from '../../../src/core/target/running-bento';

const options = { debugpy: '/debugpy', subProcess: false };

function served(debugged: readonly string[]): Pick<RunningBento, 'debugger' | 'components'> {
  const ids = ['http', 'service:A'];
  return {
    components: ids.map((id) => ({ component: { planned: { id } } })),
    debugger: {
      options: debugged.length === 0 ? undefined : options,
      isDebugging: (id: string) => debugged.includes(id),
    },
  } as unknown as Pick<RunningBento, 'debugger' | 'components'>;
}

describe('a restart', () => {
  it.each<[string, OneTimeChoices, readonly string[], OneTimeChoices]>([
    ['nothing was debugged', { freePorts: true }, [], { freePorts: true }],
    ['it was attached to', {}, ['http', 'service:A'], { debug: { ...options, workers: 'all' } }],
    [
      'one component was attached to',
      { freePorts: true },
      ['http'],
      { freePorts: true, debug: { ...options, components: ['http'], workers: 'all' } },
    ],
    [
      'it was debugged from the start',
      { debug: options },
      ['http', 'service:A'],
      { debug: { ...options, workers: 'one' } },
    ],
    [
      'one component was disconnected',
      { debug: options },
      ['service:A'],
      { debug: { ...options, components: ['service:A'], workers: 'one' } },
    ],
    ['it was disconnected', { debug: options }, [], {}],
  ])('debugs what is debugged now: %s', (_, once, debugged, expected) => {
    expect(debugAgain(once, served(debugged))).toEqual(expected);
  });

  it('of a bento that is only watched debugs nothing', () => {
    expect(debugAgain({}, { debugger: undefined, components: [] })).toEqual({});
  });
});
