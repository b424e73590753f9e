import { expect, it } from 'vitest';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { bentomlArguments } from '../../../src/core/store/bentoml-command';
import { discovered } from '../../support/bentos';

it('builds the project it is started in, with the arguments of the settings', () => {
  const settings = { ...defaultSettings, args: { model: 'large; rm', threshold: 0.5, on: true } };
  expect(bentomlArguments('build', { bento: discovered(), settings })).toEqual([
    ...['-m', 'bentoml', 'build'],
    ...['--arg', 'model=large; rm', '--arg', 'threshold=0.5', '--arg', 'on=true', '.'],
  ]);
});

it('containerizes a tag', () => {
  const bento = discovered({ source: 'store', reference: 'iris:abc123' });
  expect(bentomlArguments('containerize', { bento, settings: defaultSettings })).toEqual([
    ...['-m', 'bentoml', 'containerize', 'iris:abc123'],
  ]);
});
