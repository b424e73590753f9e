import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { PythonTools } from '../../src/core/python/probe-report';
import { defaultSettings } from '../../src/core/settings/default-settings';
import type { BentomlAction } from '../../src/core/store/bentoml-command';
import { runBentoml } from '../../src/vscode/store/run-bentoml';
import { discovered } from '../support/bentos';

const { shown, started, answers } = vi.hoisted(() => ({
  shown: [] as string[],
  started: [] as string[],
  answers: [] as string[],
}));

vi.mock('vscode', () => ({
  l10n: {
    t: (text: string, ...values: unknown[]) =>
      text.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
  },
  Uri: { parse: (url: string) => url },
  env: { openExternal: (url: string) => started.push(url) },
  window: {
    showWarningMessage: (message: string, _: object, ...items: { title: string }[]) => {
      shown.push(message, ...items.map(({ title }) => title));
      const answer = answers.shift();
      return Promise.resolve(items.find(({ title }) => title === answer));
    },
  },
}));
vi.mock('../../src/vscode/store/bentoml-task', () => ({
  startBentomlTask: (_: BentomlAction, __: string, { title }: { title: string }) =>
    started.push(title),
}));

beforeEach(() => {
  for (const list of [shown, started, answers]) list.splice(0);
});

async function run(
  action: BentomlAction,
  programs: readonly string[],
  tools: Partial<PythonTools> = {},
): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of programs) {
    writeFileSync(path.join(folder, name), '');
    chmodSync(path.join(folder, name), 0o755);
  }
  const interpreter = { path: '/venv/python', version: '3.11.7', bentomlVersion: '1.4.38' };
  await runBentoml(
    action,
    {
      bento: discovered({ name: 'Iris', reference: 'iris:one' }),
      settings: defaultSettings,
      settingsFiles: new Map(),
      interpreter: { ...interpreter, origin: 'the test' },
      env: { PATH: folder },
      fileVariables: {},
    },
    {
      displayName: 'Iris',
      run: () => Promise.reject(new Error('nothing is run here')),
      scripts: '/ours',
      tools: () =>
        Promise.resolve({
          ...{ isolation: '-I', installers: [], modules: [], requirements: [] },
          ...tools,
        }),
      install: (python, packages) => {
        started.push(`install ${packages.join(' ')} into ${python}`);
        return Promise.resolve(true);
      },
    },
  );
}

it('builds without a question where nothing is missing', async () => {
  await run('build', [], { modules: ['pip'] });
  await run('build', ['uv']);
  expect(shown).toEqual([]);
  expect(started).toEqual(['bentoml build .', 'bentoml build .']);
});

it.each([
  ['Install uv…', ['install uv into /venv/python', 'bentoml build .']],
  ['Build Anyway', ['bentoml build .']],
  ['', []],
])('says before the build that uv is missing; %j', async (answer, expected) => {
  answers.push(answer);
  await run('build', []);
  expect(shown).toEqual([
    'Iris: uv is missing in /venv/python. BentoML 1.4.38 needs it to lock package versions when it builds a bento.',
    'Install uv…',
    'Build Anyway',
  ]);
  expect(started).toEqual(expected);
});

it('containerizes with the backend that is there', async () => {
  await run('containerize', ['docker']);
  expect(shown).toEqual([]);
  answers.push('Containerize with podman');
  await run('containerize', ['podman']);
  expect(shown).toEqual([
    'Iris: docker is not on the PATH. BentoML needs it to build a container image with docker.',
    'Containerize with podman',
    'Get Docker',
  ]);
  expect(started).toEqual([
    'bentoml containerize iris:one',
    'bentoml containerize --backend podman iris:one',
  ]);
});

it('starts nothing without a backend, and shows where to get one', async () => {
  answers.push('Get Docker');
  await run('containerize', []);
  expect(started).toEqual(['https://docs.docker.com/get-docker/']);
});
