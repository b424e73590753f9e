import { expect, it, onTestFinished } from 'vitest';
import { Emitter } from '../../../src/core/events';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { discovered } from '../../support/bentos';
import { sourcesOf } from '../../support/sources-of';
import { createHarness } from '../../support/harness';

const inFolder = (folder: string) =>
  discovered({ id: `${folder}/service.py:svc`, name: 'Service', workingDir: `/work/${folder}` });

it('bentos are shown by the names that tell them apart, as soon as others are found', () => {
  let found = [inFolder('fraud')];
  const onDidDiscover = new Emitter<void>();
  const harness = createHarness({
    sources: () =>
      sourcesOf(inFolder('fraud'), defaultSettings, {
        discovered: () => found,
        onDidDiscover: onDidDiscover.event,
        profiles: () => ({ names: ['gpu'], chosen: 'gpu' }),
      }),
  });
  onTestFinished(() => harness.dispose());
  const names = (): readonly string[] =>
    harness.registry.bentos.map(({ displayName }) => displayName);
  expect(names()).toEqual(['Service']);

  found = [inFolder('fraud'), inFolder('spam')];
  onDidDiscover.fire();
  expect(names()).toEqual(['Service (fraud)', 'Service (spam)']);
  expect(harness.registry.bento('spam/service.py:svc')).toMatchObject({
    name: 'Service',
    displayName: 'Service (spam)',
    profile: 'gpu',
  });

  found = [inFolder('spam')];
  onDidDiscover.fire();
  expect(names()).toEqual(['Service']);
});
