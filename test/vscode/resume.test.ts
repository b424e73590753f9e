import { expect, it } from 'vitest';
import { Resume } from '../../src/vscode/resume';
import { ManualClock } from '../support/manual-clock';
import { bento, fakeManager, type FakeManager } from '../support/bentos';

const one = bento({ id: 'one' });
const two = bento({ id: 'two' });

function resumeOf(
  manager: FakeManager,
  stored: unknown,
  wanted: (id: string) => boolean = () => true,
  agoMs = 1000,
  at?: unknown,
): { resume: Resume; clock: ManualClock; store: Map<string, unknown>; failures: string[] } {
  const clock = new ManualClock();
  const store = new Map<string, unknown>([
    ['served', stored],
    ['servedAt', at ?? clock.date() - agoMs],
  ]);
  const failures: string[] = [];
  const resume = new Resume({
    manager,
    store: {
      get: (key) => store.get(key),
      update: (key, value) => Promise.resolve(void store.set(key, value)),
    },
    clock,
    wanted,
    onFailure: (error, id) => failures.push(`${id} ${String(error)}`),
  });
  return { resume, clock, store, failures };
}

it('serves again what was served, though discovery told of it only later', async () => {
  const manager = fakeManager();
  const { resume } = resumeOf(manager, ['one', 'gone']);
  manager.list([one, two]);
  await resume.run();
  expect(manager.calls).toEqual(['serve one']);
});

it('leaves alone what was served on another day', async () => {
  const manager = fakeManager([one]);
  await resumeOf(manager, ['one'], () => true, 24 * 3_600_000).resume.run();
  expect(manager.calls).toEqual([]);
});

it('leaves alone what is stored with a time that is none', async () => {
  const manager = fakeManager([one]);
  const time = { valueOf: 1, toString: 1 };
  await resumeOf(manager, ['one'], () => true, 1000, time).resume.run();
  expect(manager.calls).toEqual([]);
});

it('serves once what is stored twice', async () => {
  const manager = fakeManager([one]);
  await resumeOf(manager, ['one', 'one']).resume.run();
  expect(manager.calls).toEqual(['serve one']);
});

it('leaves alone what is not wanted, and what was stored by something else', async () => {
  const manager = fakeManager([one]);
  await resumeOf(manager, ['one'], () => false).resume.run();
  await resumeOf(manager, { one: true }).resume.run();
  await resumeOf(manager, undefined).resume.run();
  expect(manager.calls).toEqual([]);
});

it('tells of a failure, and serves the others', async () => {
  const manager = fakeManager([one, two]);
  manager.answer = (call) =>
    call === 'serve one' ? Promise.reject(new Error('no')) : Promise.resolve();
  const { resume, failures } = resumeOf(manager, ['one', 'two']);
  await resume.run();
  expect(manager.calls).toEqual(['serve one', 'serve two']);
  expect(failures).toEqual(['one Error: no']);
});

it('remembers what is served until the window ends', async () => {
  const manager = fakeManager([one, two]);
  const { resume, store } = resumeOf(manager, []);
  await resume.run();
  manager.change({ ...two, state: 'starting' });
  expect(store.get('served')).toEqual(['two']);
  manager.change({ ...one, state: 'degraded' });
  expect(store.get('served')).toEqual(['one', 'two']);
  manager.change({ ...two, state: 'failed' });
  expect(store.get('served')).toEqual(['one']);
  resume.dispose();
  manager.change({ ...one, state: 'stopped' });
  expect(store.get('served')).toEqual(['one']);
});

it('does not remember as served what a person stopped before the reload', async () => {
  const manager = fakeManager([one]);
  const { resume, store } = resumeOf(manager, ['one'], () => false);
  await resume.run();
  expect(store.get('served')).toEqual([]);
});

it('has a timer only while something is served', async () => {
  const manager = fakeManager([one]);
  const { resume, clock } = resumeOf(manager, []);
  await resume.run();
  expect(clock.waiting).toBe(0);
  manager.change({ ...one, state: 'ready' });
  await clock.pass(120_000);
  expect(clock.waiting).toBe(1);
  manager.change({ ...one, state: 'stopped' });
  expect(clock.waiting).toBe(0);
});
