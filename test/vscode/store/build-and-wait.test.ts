import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { StoreBento } from '../../../src/core/discovery/store';
import type { Run } from '../../../src/core/programs/run';
import type { LaunchContext } from '../../../src/core/registry/launch-context';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { BentomlTask } from '../../../src/vscode/store/bentoml-task';
import { buildAndWait, containerizeAndWait } from '../../../src/vscode/store/build-and-wait';
import { discovered } from '../../support/bentos';
import { programsFolder } from '../../support/fake-docker';
import { ended } from '../../support/fake-kubectl';

const { tasks } = vi.hoisted(() => ({ tasks: [] as BentomlTask[] }));

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text }, window: {} }));
vi.mock('../../../src/vscode/store/bentoml-task', () => ({
  startBentomlTask: (task: BentomlTask) => void tasks.push(task),
}));

const context = {
  ...{ displayName: 'Search', scripts: '/ours' },
  run: () => Promise.reject(new Error('nothing is run here')),
  tools: () =>
    Promise.resolve({ isolation: '-I', installers: [], modules: ['pip'], requirements: [] }),
  install: () => Promise.resolve(false),
} as unknown as Parameters<typeof buildAndWait>[2];

function project(): LaunchContext {
  const workingDir = mkdtempSync(`${os.tmpdir()}/serve-bento-project-`);
  onTestFinished(() => rmSync(workingDir, { recursive: true }));
  return {
    ...{ bento: discovered({ reference: '.', workingDir }), settings: defaultSettings },
    ...{ settingsFiles: new Map(), fileVariables: {} },
    interpreter: {
      ...{ path: '/venv/python', version: '3.11.7', bentomlVersion: '1.4.38', origin: 'the test' },
    },
    env: { PATH: programsFolder(['docker', 'uv']) },
  };
}

/** Waits for the next task, and ends it. */
async function end(exitCode: number | null): Promise<BentomlTask> {
  const task = await vi.waitUntil(() => tasks.shift());
  task.ended(exitCode);
  return task;
}

const never = new AbortController().signal;
const one = (version: string, created: number): StoreBento =>
  ({ id: `store:search:${version}`, reference: `search:${version}`, created }) as StoreBento;

const storeWith = (after: readonly StoreBento[]) => {
  const store = { bentos: [one('old', 1)] as readonly StoreBento[] };
  const readStore = (): Promise<void> => {
    store.bentos = after;
    return Promise.resolve();
  };
  return { store, readStore };
};

it('waits for the build, and finds the bento that it added', async () => {
  const sources = storeWith([one('old', 1), one('new', 2)]);
  const building = buildAndWait(project(), sources, context, never);
  const task = await end(0);
  expect(task).toMatchObject({ action: 'build', command: { title: 'bentoml build .' } });
  expect(task.signal).toBe(never);
  expect(await building).toBe('search:new');
});

it('finds the bento of this build if another build has ended meanwhile', async () => {
  const sources = storeWith([one('old', 1), one('mine', 2), one('other', 3)]);
  const run: Run = (_file, _args, { onOutput }) => {
    for (const text of ['Successfully built Bento(tag="sea', '\nrch:mine").\n']) {
      onOutput?.(text, 'stdout');
    }
    return Promise.resolve(ended(0));
  };
  const building = buildAndWait(project(), sources, { ...context, run }, never);
  const task = await vi.waitUntil(() => tasks.shift());
  await task.run('python', [], { cwd: '/', env: {}, maxBytes: 0 });
  task.ended(0);
  expect(await building).toBe('search:mine');
});

it('containerizes a bento of the store with the interpreter of its source', async () => {
  const containerizing = containerizeAndWait(project(), 'search:new', context, never);
  const task = await end(0);
  expect(task.command.title).toBe('bentoml containerize search:new');
  await containerizing;
});

it.each([
  [1, 'build-failed'],
  [null, 'cancelled'],
])('exit code %j: %s', async (exitCode, code) => {
  const building = buildAndWait(project(), storeWith([]), context, never);
  const containerizing = containerizeAndWait(project(), 'search:new', context, never);
  const outcome = Promise.all([
    expect(building).rejects.toMatchObject({ code }),
    expect(containerizing).rejects.toMatchObject({ code }),
  ]);
  await end(exitCode);
  await end(exitCode);
  await outcome;
});

it("says that the bento is not in the window's store", async () => {
  const building = buildAndWait(project(), storeWith([one('old', 1)]), context, never);
  const outcome = expect(building).rejects.toThrow('Check serveBento.bentomlHome');
  await end(0);
  await outcome;
});

it('starts nothing after it was cancelled', async () => {
  const aborted = AbortSignal.abort();
  await expect(buildAndWait(project(), storeWith([]), context, aborted)).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(tasks).toEqual([]);
});
