import { expect, it } from 'vitest';
import { defaultSettings } from '../../../src/core/settings/default-settings';
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
