import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { PythonTools } from '../../src/core/interpreter/probe-report';
import { defaultSettings } from '../../src/core/settings/default-settings';
import type { DiscoveredBento } from '../../src/core/discovery/discovered-bento';
import type { StoreBento } from '../../src/core/discovery/store';
import { offerBuilt } from '../../src/vscode/store/offer-built';
import type { BentomlAction } from '../../src/core/store/bentoml-command';
import type { BentomlTask } from '../../src/vscode/store/bentoml-task';
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
  commands: { executeCommand: (...call: string[]) => started.push(call.join(' ')) },
  env: { openExternal: (url: string) => started.push(url) },
  window: {
    showQuickPick: (items: { label: string }[]) => {
      shown.push(...items.map(({ label }) => label));
      const answer = answers.shift();
      return Promise.resolve(items.find(({ label }) => label === answer));
    },
    showInformationMessage: (message: string, _: object, ...items: { title: string }[]) => {
      shown.push(message);
      const answer = answers.shift();
      return Promise.resolve(items.find(({ title }) => title === answer));
    },
    showErrorMessage: (message: string) => {
      shown.push(message);
      return Promise.resolve(undefined);
    },
    showWarningMessage: (message: string, _: object, ...items: { title: string }[]) => {
      shown.push(message, ...items.map(({ title }) => title));
      const answer = answers.shift();
      return Promise.resolve(items.find(({ title }) => title === answer));
    },
  },
}));
vi.mock('../../src/vscode/store/bentoml-task', () => ({
  startBentomlTask: ({ command, ended }: BentomlTask) => {
    started.push(command.title);
    ended(0);
  },
}));

beforeEach(() => {
  for (const list of [shown, started, answers]) list.splice(0);
});

async function run(
  action: BentomlAction,
  programs: readonly string[],
  tools: Partial<PythonTools> = {},
  bento: Partial<DiscoveredBento> = {},
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
      bento: discovered({ name: 'Iris', reference: 'iris:one', ...bento }),
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
      building: () => () => started.push('built'),
    },
  );
}

it('builds without a question where nothing is missing', async () => {
  await run('build', [], { modules: ['pip'] });
  await run('build', ['uv']);
  expect(shown).toEqual([]);
  expect(started).toEqual(['bentoml build .', 'built', 'bentoml build .', 'built']);
});

it('asks which of several build files', async () => {
  const buildFiles = ['/work/bentofile.yaml', '/work/deploy/bentofile-gpu.yaml'];
  answers.push('deploy/bentofile-gpu.yaml');
  await run('build', ['uv'], {}, { buildFiles });
  expect(shown).toEqual(['bentofile.yaml', 'deploy/bentofile-gpu.yaml']);
  await run('build', ['uv'], {}, { buildFiles });
  expect(started).toEqual(['bentoml build -f deploy/bentofile-gpu.yaml .', 'built']);
});

it('builds the service of a file where no build file is in the way', async () => {
  const workingDir = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-file-'));
  onTestFinished(() => rmSync(workingDir, { recursive: true }));
  const file = { source: 'file', reference: 'service:svc', workingDir } as const;
  await run('build', ['uv'], {}, file);
  writeFileSync(path.join(workingDir, 'pyproject.toml'), '');
  await run('build', ['uv'], {}, file);
  expect(started).toEqual(['bentoml build service:svc', 'built']);
  expect(shown).toEqual([
    expect.stringMatching(/^Iris: BentoML uses the build file pyproject\.toml in/),
  ]);
});

it.each([
  ['Serve', ['serveBento.serve store:iris:new']],
  ['Containerize', ['serveBento.containerize store:iris:new']],
  ['', []],
])('offers what was built: %j', async (answer, expected) => {
  const one = (version: string, created: number): StoreBento =>
    ({ id: `store:iris:${version}`, reference: `iris:${version}`, created }) as StoreBento;
  const store = { bentos: [one('old', 1)] };
  const readStore = (): Promise<void> => {
    store.bentos = [one('old', 1), one('new', 3), one('newer-than-old', 2)];
    return Promise.resolve();
  };
  answers.push(answer);
  await offerBuilt('Iris', { store, readStore })();
  expect(shown).toEqual(['Iris: built iris:new.']);
  expect(started).toEqual(expected);
});

it.each([
  ['Install uv…', ['install uv into /venv/python', 'bentoml build .', 'built']],
  ['Build Anyway', ['bentoml build .', 'built']],
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
