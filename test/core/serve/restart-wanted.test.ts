import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/core/events';
import type { Interpreter } from '../../../src/core/python/interpreter';
import type { BentoSources } from '../../../src/core/serve/bento-registry';
import { isRestartWanted } from '../../../src/core/serve/restart-wanted';
import type { ServeRequest } from '../../../src/core/serve/served-bento';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { discovered } from '../../support/bentos';

const interpreter: Interpreter = {
  path: '/work/.venv/bin/python',
  version: '3.12.1',
  bentomlVersion: '1.4.38',
  origin: 'the test',
};

const request: ServeRequest = {
  bento: discovered(),
  settings: defaultSettings,
  interpreter,
  env: {},
  logFor: () => {
    throw new Error('nothing is logged here');
  },
  onPhase: () => undefined,
};

const sources = ({
  settings = defaultSettings,
  bento = discovered(),
  python = () => Promise.resolve(interpreter),
}: {
  settings?: ServeSettings;
  bento?: ReturnType<typeof discovered>;
  python?: () => Promise<Interpreter>;
} = {}): BentoSources => ({
  discovered: () => [bento],
  onDidDiscover: new Emitter<void>().event,
  onDidChangeInterpreter: new Emitter<void>().event,
  refresh: () => Promise.resolve(),
  settingsFor: () => settings,
  folderSettings: () => ({ defaults: settings, bentos: [], problems: [] }),
  findInterpreter: python,
  environmentFor: () => Promise.resolve({}),
});

describe('what runs wants a restart', () => {
  it('not while all is as it was', async () => {
    const same = { ...defaultSettings, http: { ...defaultSettings.http } };
    expect(await isRestartWanted(request, sources({ settings: same }))).toBe(false);
  });

  it('when a setting is another one', async () => {
    const settings = { ...defaultSettings, env: { MODEL: 'large' } };
    expect(await isRestartWanted(request, sources({ settings }))).toBe(true);
  });

  it('not for what counts at the next reload only', async () => {
    const settings = { ...defaultSettings, resumeOnReload: false };
    expect(await isRestartWanted(request, sources({ settings }))).toBe(false);
  });

  it('when its entry names something else', async () => {
    const bento = discovered({ reference: 'service:Other' });
    expect(await isRestartWanted(request, sources({ bento }))).toBe(true);
  });

  it('when another interpreter would serve it', async () => {
    const python = () => Promise.resolve({ ...interpreter, path: '/usr/bin/python3' });
    expect(await isRestartWanted(request, sources({ python }))).toBe(true);
  });

  it('not when no interpreter would be found any more, or it is gone itself', async () => {
    const python = () => Promise.reject(new Error('none'));
    expect(await isRestartWanted(request, sources({ python }))).toBe(false);
    const bento = discovered({ id: 'another' });
    expect(await isRestartWanted(request, sources({ bento }))).toBe(false);
  });
});
