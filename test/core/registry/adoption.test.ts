import { expect, it } from 'vitest';
import { problemTexts, say } from '../../../src/core/messages/message';
import { ServeError } from '../../../src/core/problem';
import { Adoption } from '../../../src/core/registry/adoption';
import { newRecord, type BentoRecord } from '../../../src/core/registry/bento-record';
import { UsedEngines } from '../../../src/core/registry/used-engines';
import type { ServeSession } from '../../../src/core/registry/serve-session';
import type { RunningBento } from '../../../src/core/target/running-bento';
import type { TargetKind } from '../../../src/core/target-kinds';
import { ManualClock } from '../../support/manual-clock';
import { quietLog } from '../../support/quiet-log';

const down = new ServeError({
  code: 'engine-unreachable',
  ...problemTexts(say('engineUnreachable', { program: 'docker', reason: say('noSocket') })),
});

/** One idle bento, and an engine whose answers are given one after the other. The last one is repeated. */
function oneBento(answers: readonly (RunningBento | ServeError | undefined)[], target: TargetKind) {
  const bento = {
    ...{ id: 'service.py:Search', name: 'Search', folder: '/work', workingDir: '/work' },
    ...{ reference: 'service:Search', source: 'file', components: [] },
  } as unknown as BentoRecord['bento'];
  const record = newRecord(bento);
  const adopted: RunningBento[] = [];
  let asked = 0;
  const session = {
    record,
    isIdle: true,
    setUnknown: (unknown: BentoRecord['unknown']) => (record.unknown = unknown),
    adopt: (running: RunningBento) => adopted.push(running),
  } as unknown as ServeSession;
  const clock = new ManualClock();
  const state = { target };
  const usedEngines = new UsedEngines({ get: () => undefined, update: () => Promise.resolve() });
  const adoption = new Adoption({
    ...{ clock, log: quietLog(), isListed: () => true },
    sources: { settingsFor: () => ({ target: state.target }) as never, usedEngines },
    factory: {
      adopted: () => {
        const answer = answers[Math.min(asked++, answers.length - 1)];
        return answer instanceof ServeError ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
  });
  return { adoption, session, record, adopted, clock, state, usedEngines, asked: () => asked };
}

const running = {} as RunningBento;

it('a bento whose engine does not answer is unknown, and is looked for until it does', async () => {
  const { adoption, session, record, adopted, clock, asked } = oneBento(
    [down, down, running],
    'compose',
  );
  await adoption.run([session]);
  const since = record.unknown?.since;
  expect(record.unknown?.problem.code).toBe('engine-unreachable');
  await clock.pass(5_000);
  expect(asked()).toBe(2);
  expect(record.unknown?.since).toBe(since);
  await clock.pass(10_000);
  expect(adopted).toEqual([running]);
  expect(record.unknown).toBeUndefined();
});

it('a cluster is not asked again without a request, because kubectl may ask the user to log in', async () => {
  const { adoption, session, record, clock, asked } = oneBento([down], 'kubernetes');
  await adoption.run([session]);
  expect(record.unknown).toBeDefined();
  await clock.pass(600_000);
  expect(asked()).toBe(1);
});

it('nothing is unknown about a bento that is served on this machine now', async () => {
  const { adoption, session, record, clock, state, asked } = oneBento([down], 'compose');
  await adoption.run([session]);
  state.target = 'local';
  await clock.pass(5_000);
  expect(record.unknown).toBeUndefined();
  expect(asked()).toBe(1);
});

it('nothing is asked after the end', async () => {
  const { adoption, session, clock, asked } = oneBento([down], 'compose');
  await adoption.run([session]);
  adoption.dispose();
  await clock.pass(600_000);
  expect(asked()).toBe(1);
});

it.each([
  ['compose', 2],
  ['kubernetes', 1],
] as const)(
  'a window that gets the focus looks for bentos on %s again',
  async (target, expected) => {
    const { adoption, session, adopted, clock, asked } = oneBento([undefined, running], target);
    await adoption.run([session]);
    await clock.pass(60_000);
    await adoption.onFocus([session]);
    expect(asked()).toBe(expected);
    expect(adopted).toHaveLength(expected - 1);
    // The focus comes and goes.
    await adoption.onFocus([session]);
    expect(asked()).toBe(expected);
  },
);

it('a bento that may run where it was served before is looked for there, although its target is another one', async () => {
  const { adoption, session, record, adopted, usedEngines, clock, asked } = oneBento(
    [down, running],
    'local',
  );
  usedEngines.add(record.bento.id, { kind: 'compose' });
  await adoption.run([session]);
  expect(record.unknown?.problem.code).toBe('engine-unreachable');
  await clock.pass(5_000);
  expect(adopted).toEqual([running]);
  expect(asked()).toBe(2);
});

it('an engine that has nothing of the bento is no longer asked', async () => {
  const { adoption, session, record, usedEngines, asked } = oneBento([undefined], 'local');
  usedEngines.add(record.bento.id, { kind: 'compose' });
  await adoption.run([session]);
  expect(usedEngines.of(record.bento.id)).toEqual([]);
  adoption.reset();
  await adoption.run([session]);
  expect(asked()).toBe(1);
});
