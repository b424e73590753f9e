import { expect, it } from 'vitest';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { whyNotBuilt } from '../../../src/core/store/build-of-file';
import { bentomlCommand } from '../../../src/core/store/bentoml-command';
import { discovered } from '../../support/bentos';

const scripts = '/ours';

it('builds a project in its folder, with the arguments of the settings', () => {
  const settings = { ...defaultSettings, args: { model: 'large; rm', threshold: 0.5, on: true } };
  expect(bentomlCommand('build', { bento: discovered(), settings }, { scripts })).toEqual({
    title: 'bentoml build --arg model=large; rm --arg threshold=0.5 --arg on=true .',
    args: [
      ...['/ours/run_bentoml.py', 'build'],
      ...['--arg', 'model=large; rm', '--arg', 'threshold=0.5', '--arg', 'on=true', '.'],
    ],
    cwd: '/work',
  });
});

it.each([
  ['bentofile.yaml', ['.']],
  ['pyproject.toml', ['-f', 'pyproject.toml', '.']],
  ['bentofile-gpu.yaml', ['-f', 'bentofile-gpu.yaml', '.']],
  ['deploy/bentofile.yaml', ['-f', 'deploy/bentofile.yaml', '.']],
])('builds by %s', (file, words) => {
  const around = { bento: discovered(), settings: defaultSettings };
  const { title } = bentomlCommand('build', around, { scripts, buildFile: `/work/${file}` });
  expect(title).toBe(['bentoml build', ...words].join(' '));
});

it('builds the service of a file by its name', () => {
  const bento = discovered({ source: 'file', reference: 'a.service:svc' });
  const around = { bento, settings: defaultSettings };
  expect(bentomlCommand('build', around, { scripts }).title).toBe('bentoml build a.service:svc');
});

it.each([
  ['1.4.38', [], undefined],
  ['1.3.22', ['/work/bentofile-gpu.yaml'], undefined],
  ['1.1.11', [], { version: '1.1.11' }],
  ['1.4.38', ['/work/pyproject.toml'], { file: 'pyproject.toml' }],
  ['1.4.38', ['/work/bentofile.yaml', '/work/pyproject.toml'], { file: 'bentofile.yaml' }],
] as const)('BentoML %s and a folder with %j: %j', async (version, there, expected) => {
  const kind = (path: string): Promise<'file' | undefined> =>
    Promise.resolve(there.some((file) => file === path) ? 'file' : undefined);
  expect(await whyNotBuilt({ workingDir: '/work' }, version, { kind })).toEqual(expected);
});

it('containerizes a tag away from the files of its bento, with the backend that was chosen', () => {
  const bento = discovered({ source: 'store', reference: 'iris:abc123' });
  const around = { bento, settings: defaultSettings };
  expect(bentomlCommand('containerize', around, { scripts })).toEqual({
    title: 'bentoml containerize iris:abc123',
    args: ['/ours/run_bentoml.py', 'containerize', 'iris:abc123'],
    cwd: scripts,
  });
  expect(bentomlCommand('containerize', around, { scripts, backend: 'podman' }).title).toBe(
    'bentoml containerize --backend podman iris:abc123',
  );
});
