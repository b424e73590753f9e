import { expect, it } from 'vitest';
import { problemTexts, say, textOf } from '../../../../src/core/messages/message';
import { engineComponent } from '../../../../src/core/target/engine/engine-component';
import type { AppliedComponent } from '../../../../src/core/target/target';

const applied: AppliedComponent = {
  ...{ id: 'service:Ranker', state: 'ready' },
  workers: [
    { name: 'p-ranker-1', component: 'service:Ranker', number: 1, restarts: 0, state: 'ready' },
  ],
};

it('nothing is ready while the engine does not answer, and each row says since when', () => {
  const problem = {
    code: 'engine-unreachable',
    ...problemTexts(say('engineUnreachable', { program: 'docker', reason: say('noSocket') })),
  } as const;
  const { snapshot } = engineComponent(applied, { since: 0, problem }, 'Search');
  const [worker] = snapshot.workers ?? [];
  for (const one of [snapshot, worker]) {
    expect(one?.state).toBe('unhealthy');
    expect(textOf(one?.problem?.texts?.summary ?? '')).toMatch(/^unknown since \d\d:\d\d/);
  }
});

it('a component whose engine answers has no problem', () => {
  const { snapshot } = engineComponent(applied, undefined, 'Search');
  expect(snapshot).toMatchObject({ state: 'ready', kind: 'service', name: 'Ranker' });
  expect(snapshot.problem).toBeUndefined();
  expect(snapshot.workers).toMatchObject([{ name: 'p-ranker-1', state: 'ready' }]);
});
