import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServeError } from '../../../src/core/problem';
import type { RunningWorker } from '../../../src/core/profile/running-worker';
import type { Inspected } from '../../../src/vscode/profile/inspected-worker';
import { profile } from '../../../src/vscode/profile/profile';
import { bento, component } from '../../support/bentos';
import { extensions, user } from '../../support/fake-vscode';

const howLong = 'Profile for how many seconds?';
let storage = '';

beforeEach(async () => {
  user.reset();
  storage = await mkdtemp(path.join(tmpdir(), 'profile-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(storage, { recursive: true, force: true });
});

const worker = (pid: number): RunningWorker => ({ pid }) as unknown as RunningWorker;

/** Profiles a component with these workers; `fails`: why it cannot be profiled. */
async function profiled(workers: readonly RunningWorker[], fails?: Error) {
  const calls: { readonly pid: number; readonly seconds: number; readonly file: string }[] = [];
  const registry = {
    workers: () => workers,
    bento: (id: string) =>
      bento({ id, name: 'iris', components: [component({ id: 'http', name: 'HTTP' })] }),
    profile: (
      _: string,
      { pid }: RunningWorker,
      { seconds, file, onBegin }: Parameters<Inspected['profile']>[2],
    ) => {
      onBegin?.();
      calls.push({ pid, seconds, file });
      return fails === undefined ? Promise.resolve() : Promise.reject(fails);
    },
  } as unknown as Inspected;
  const done = profile({ bento: 'iris', component: 'http' }, registry, storage);
  const error = await done.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { calls, error };
}

describe('Profile Worker…', () => {
  it('profiles the only worker without a question, into the storage, and opens the profile', async () => {
    vi.spyOn(extensions, 'getExtension').mockReturnValue({} as never);
    user.answers.set(howLong, ' 5 ');
    const { calls } = await profiled([worker(7)]);
    expect(calls).toMatchObject([{ pid: 7, seconds: 5 }]);
    const file = calls[0]?.file ?? '';
    expect(path.dirname(file)).toBe(path.join(storage, 'profiles'));
    expect(user.seen.at(-1)).toBe(`command: vscode.open file://${file}`);
    expect(user.seen.some((text) => text.startsWith('pick:'))).toBe(false);
  });

  it('asks which of several workers', async () => {
    user.answers.set('Profile which worker?', 'Worker 2');
    user.answers.set(howLong, '30');
    const { calls } = await profiled([worker(7), worker(8)]);
    expect(calls).toMatchObject([{ pid: 8, seconds: 30 }]);
  });

  it.each(['the question which worker', 'the question how long'])(
    'does nothing if people close %s',
    async (closed) => {
      if (closed === 'the question how long') {
        user.answers.set('Profile which worker?', 'Worker 1');
      }
      const { calls, error } = await profiled([worker(7), worker(8)]);
      expect([calls, error]).toEqual([[], undefined]);
      expect(user.seen.some((text) => text.startsWith('progress:'))).toBe(false);
    },
  );

  it.each(['0', '601', '-1', '1.5', '1e2', 'ten', '', '99999'])(
    'does not accept %j seconds',
    async (answer) => {
      user.answers.set(howLong, answer);
      const { calls } = await profiled([worker(7)]);
      expect(calls).toEqual([]);
      expect(user.seen.at(-1)).toBe('invalid: Enter a whole number from 1 to 600.');
    },
  );

  it.each(['1', '600'])('accepts %s seconds', async (answer) => {
    user.answers.set(howLong, answer);
    expect((await profiled([worker(7)])).calls).toMatchObject([{ seconds: Number(answer) }]);
  });

  it('offers the path if VS Code has no viewer of profiles', async () => {
    user.answers.set(howLong, '5');
    const { calls } = await profiled([worker(7)]);
    const file = calls[0]?.file ?? '';
    const message = user.seen.at(-1) ?? '';
    expect(message).toContain('No extension of this window shows profiles');
    expect(message).toContain(path.basename(file));
    expect(user.seen.some((text) => text.startsWith('command:'))).toBe(false);
  });

  it('opens nothing if the worker cannot be profiled, and says why', async () => {
    user.answers.set(howLong, '5');
    const failure = new ServeError({ code: 'profile', message: 'It hangs.' });
    const { error } = await profiled([worker(7)], failure);
    expect(error).toBe(failure);
    expect(user.seen.at(-1)).toMatch(/^progress:/);
  });
});
