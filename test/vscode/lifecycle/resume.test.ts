import { expect, it } from 'vitest';
import { Resume } from '../../../src/vscode/lifecycle/resume';
import { ManualClock } from '../../support/manual-clock';
import { bento, fakeManager, type FakeManager } from '../../support/bentos';

const one = bento({ id: 'one' });
const two = bento({ id: 'two' });

function resumeOf(
  manager: FakeManager,
  taken: readonly (readonly string[])[],
  wanted: (id: string) => boolean = () => true,
) {
  const clock = new ManualClock();
  const written: (readonly string[])[] = [];
  const ended: (readonly string[])[] = [];
  const failures: string[] = [];
  const resume = new Resume({
    manager,
    records: {
      take: async function* () {
        await Promise.resolve();
        yield* taken;
      },
      write: (served) => void written.push(served),
      end: (served) => void ended.push(served),
    },
    clock,
    wanted,
    onFailure: (error, id) => failures.push(`${id} ${String(error)}`),
  });
  return { resume, clock, written, ended, failures };
}

it('serves again what was served, though discovery told of it only later', async () => {
  const manager = fakeManager();
  const { resume } = resumeOf(manager, [['one', 'gone']]);
  manager.list([one, two]);
  await resume.run();
  expect(manager.calls).toEqual(['serve one']);
});

it('serves once what several windows served', async () => {
  const manager = fakeManager([one, two]);
  await resumeOf(manager, [
    ['one', 'one'],
    ['two', 'one'],
  ]).resume.run();
  expect(manager.calls).toEqual(['serve one', 'serve two']);
});

it('leaves alone what is not wanted', async () => {
  const manager = fakeManager([one]);
  await resumeOf(manager, [['one']], () => false).resume.run();
  expect(manager.calls).toEqual([]);
});

it('tells of a failure, and serves the others', async () => {
  const manager = fakeManager([one, two]);
  manager.answer = (call) =>
    call === 'serve one' ? Promise.reject(new Error('no')) : Promise.resolve();
  const { resume, failures } = resumeOf(manager, [['one', 'two']]);
  await resume.run();
  expect(manager.calls).toEqual(['serve one', 'serve two']);
  expect(failures).toEqual(['one Error: no']);
});

it('remembers what is served, from the start on, until the window ends', () => {
  const manager = fakeManager([one, two]);
  const { resume, written, ended } = resumeOf(manager, []);
  manager.change({ ...two, state: 'starting' });
  manager.change({ ...one, state: 'degraded' });
  manager.change({ ...two, state: 'failed' });
  expect(written).toEqual([['two'], ['one', 'two'], ['one']]);
  resume.dispose();
  manager.change({ ...one, state: 'stopped' });
  expect(written).toHaveLength(3);
  expect(ended).toEqual([['one']]);
});

it('has a timer only while something is served', async () => {
  const manager = fakeManager([one]);
  const { clock, written } = resumeOf(manager, []);
  expect(clock.waiting).toBe(0);
  manager.change({ ...one, state: 'ready' });
  await clock.pass(120_000);
  expect(clock.waiting).toBe(1);
  expect(written).toHaveLength(3);
  manager.change({ ...one, state: 'stopped' });
  expect(clock.waiting).toBe(0);
});
