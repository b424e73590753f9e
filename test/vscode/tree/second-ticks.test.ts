import { expect, it } from 'vitest';
import { SecondTicks } from '../../../src/vscode/tree/second-ticks';
import { bento, component, fakeManager } from '../../support/bentos';
import { ManualClock } from '../../support/manual-clock';
import { say } from '../../../src/core/messages/message';

it('ticks while something starts or stops, and has no timer else', async () => {
  const clock = new ManualClock();
  const one = bento({ id: 'one' });
  const manager = fakeManager([one, bento({ id: 'two', state: 'ready' })]);
  const ticks = new SecondTicks(manager, clock);
  const ticked: string[] = [];
  ticks.onDidTick((ids) => ticked.push(...ids));
  expect(clock.waiting).toBe(0);
  manager.change({
    ...one,
    state: 'starting',
    progress: { phase: say('checkingPython'), since: 0 },
  });
  await clock.pass(2000);
  expect(ticked).toEqual(['one', 'one']);
  manager.change({ ...one, state: 'degraded', components: [component({ state: 'stopping' })] });
  await clock.pass(1000);
  expect(ticked).toHaveLength(3);
  manager.change({ ...one, state: 'ready' });
  await clock.pass(5000);
  expect(ticked).toHaveLength(3);
  expect(clock.waiting).toBe(0);
  ticks.dispose();
});
