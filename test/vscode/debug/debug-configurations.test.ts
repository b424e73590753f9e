import { beforeEach, describe, expect, it } from 'vitest';
import type { DebugConfiguration as VsCodeConfiguration } from 'vscode';
import { BentoChoice } from '../../../src/vscode/commands/bento-choice';
import { DebugConfigurations } from '../../../src/vscode/debug/debug-configurations';
import type { DebugSessions } from '../../../src/vscode/debug/debug-sessions';
import { RecentBentos } from '../../../src/vscode/sources/recent-bentos';
import { bento, fakeManager } from '../../support/bentos';
import { user } from '../../support/fake-vscode';

const idle = bento({ id: 'a.py:A', name: 'A' });
const running = bento({ id: 'b.py:B', name: 'B', state: 'ready' });
const remote = bento({ id: 'watch:C', name: 'C', source: 'remote' });
const built = bento({ id: 'store:d:1', name: 'D', source: 'store' });

function setUp(bentos = [idle, running, remote, built], debugged: readonly string[] = []) {
  const manager = fakeManager(bentos);
  const calls: string[] = [];
  const stored = { get: () => undefined, update: () => Promise.resolve() };
  const sessions = {
    isDebugging: (id: string) => debugged.includes(id),
    join: (one: { bento: string; request: string }) =>
      Promise.resolve(void calls.push(`${one.request} ${one.bento}`)),
  } as unknown as DebugSessions;
  const configurations = new DebugConfigurations({
    manager,
    choice: new BentoChoice(manager, new RecentBentos(stored)),
    sessions,
    messages: {
      show: (error) => Promise.resolve(void calls.push(`problem: ${(error as Error).message}`)),
    },
    discovered: () => Promise.resolve(),
  });
  const resolve = (configuration: object) =>
    configurations.resolve(
      undefined,
      configuration as VsCodeConfiguration,
      new AbortController().signal,
    );
  return { configurations, resolve, calls };
}

const launch = { type: 'serveBento', request: 'launch', name: 'Own' };

beforeEach(() => user.reset());

describe('launch configurations', () => {
  it('are offered for every bento that is written here, and to attach to those that are served', async () => {
    const { configurations } = setUp();
    const dynamic = await configurations.dynamic(undefined);
    expect(dynamic.map(({ request, name, bento: id }) => [request, name, id as string])).toEqual([
      ['launch', 'Debug A', 'a.py:A'],
      ['launch', 'Debug B', 'b.py:B'],
      ['attach', 'Attach to B', 'b.py:B'],
    ]);
    expect(await configurations.initial(undefined)).toEqual(dynamic.slice(0, 2));
  });

  it('get the id of the bento and the defaults, and keep what VS Code has put there', async () => {
    const { resolve } = setUp();
    expect(await resolve({ ...launch, bento: 'A', preLaunchTask: 'build' })).toEqual({
      ...launch,
      ...{ bento: 'a.py:A', justMyCode: true, subProcess: true, noDebug: false },
      preLaunchTask: 'build',
    });
  });

  it('are not needed: F5 debugs the only bento', async () => {
    const { resolve } = setUp([idle, remote]);
    expect(await resolve({})).toMatchObject({
      ...{ type: 'serveBento', request: 'launch', name: 'Debug A', bento: 'a.py:A' },
    });
  });

  it.each<[object, RegExp]>([
    [{ ...launch, bento: 'X' }, /There is no bento X: set "bento" to one of a\.py:A/],
    [{ ...launch, bento: 7 }, /There is no bento 7/],
    [{ ...launch, bento: 'A', components: 'http' }, /Own is not valid: .*components/],
    [{ ...launch, bento: 'A', request: 'test' }, /Own is not valid/],
  ])('%j is refused with the reason', async (configuration, reason) => {
    const { resolve, calls } = setUp();
    expect(await resolve(configuration)).toBeUndefined();
    expect(calls).toEqual([expect.stringMatching(reason)]);
  });

  it('of a bento that has a session join it', async () => {
    const { resolve, calls } = setUp(undefined, ['b.py:B']);
    const attach = { ...launch, request: 'attach', bento: 'B', component: 'http' };
    expect(await resolve(attach)).toBeUndefined();
    expect(await resolve({ ...launch, bento: 'B' })).toBeUndefined();
    expect(calls).toEqual(['attach b.py:B', 'launch b.py:B']);
  });

  it('of processes that workers start are named after their worker', async () => {
    const { resolve } = setUp();
    const child = { ...launch, socket: '/s', workerName: 'Embedder', subProcessId: 41 };
    expect(await resolve(child)).toEqual({ ...child, name: 'Embedder: process 41' });
    const own = { ...launch, socket: '/s', workerName: 'Embedder' };
    expect(await resolve(own)).toEqual(own);
  });
});
