import { describe, expect, it } from 'vitest';
import type { Interpreter } from '../../../src/core/python/interpreter';
import type { BentoSources } from '../../../src/core/serve/bento-sources';
import { remarkOn } from '../../../src/core/serve/remark';
import type { ServeRequest } from '../../../src/core/serve/serve-request';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { discovered } from '../../support/bentos';
import { sourcesOf } from '../../support/sources-of';

const interpreter: Interpreter = {
  path: '/work/.venv/bin/python',
  version: '3.12.1',
  bentomlVersion: '1.4.38',
  origin: 'the test',
};

const request: ServeRequest = {
  bento: discovered(),
  settings: defaultSettings,
  settingsFiles: new Map(),
  interpreter,
  env: {},
  fileVariables: {},
  tls: {},
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
} = {}): BentoSources => sourcesOf(bento, settings, { findInterpreter: python });

describe('a remark on what runs', () => {
  it('not while all is as it was', async () => {
    const same = { ...defaultSettings, http: { ...defaultSettings.http } };
    expect(await remarkOn(request, sources({ settings: same }))).toBeUndefined();
  });

  it('when a setting is another one', async () => {
    const settings = { ...defaultSettings, env: { MODEL: 'large' } };
    expect(await remarkOn(request, sources({ settings }))).toBe('changed');
  });

  it('of one that is only watched, when it is elsewhere or asked otherwise', async () => {
    const addresses = ['http://10.0.0.5:3000'];
    const bento = discovered({ source: 'remote', addresses });
    const watched = { bento, settings: defaultSettings };
    const remark = (values: Parameters<typeof sources>[0]): ReturnType<typeof remarkOn> =>
      remarkOn(watched, sources({ bento, ...values }));
    expect(await remark({ settings: { ...defaultSettings, env: { A: '1' } } })).toBeUndefined();
    const health = { ...defaultSettings.health, interval: 60 };
    expect(await remark({ settings: { ...defaultSettings, health } })).toBe('changed');
    const other = discovered({ source: 'remote', addresses: ['http://10.0.0.6:3000'] });
    expect(await remark({ bento: other })).toBe('changed');
  });

  it('not for what counts at the next reload only', async () => {
    const settings = { ...defaultSettings, resumeOnReload: false };
    expect(await remarkOn(request, sources({ settings }))).toBeUndefined();
  });

  it('when its entry names something else', async () => {
    const bento = discovered({ reference: 'service:Other' });
    expect(await remarkOn(request, sources({ bento }))).toBe('changed');
  });

  it('when another interpreter would serve it', async () => {
    const python = () => Promise.resolve({ ...interpreter, path: '/usr/bin/python3' });
    expect(await remarkOn(request, sources({ python }))).toBe('changed');
  });

  it('not when no interpreter would be found any more', async () => {
    const python = () => Promise.reject(new Error('none'));
    expect(await remarkOn(request, sources({ python }))).toBeUndefined();
  });

  it('when it would not be found any more', async () => {
    const bento = discovered({ id: 'another' });
    expect(await remarkOn(request, sources({ bento }))).toBe('gone');
  });
});
