import { describe, expect, it } from 'vitest';
import type { Interpreter } from '../../../src/core/interpreter/interpreter';
import type { BentoSources } from '../../../src/core/registry/bento-sources';
import { detectDrift } from '../../../src/core/registry/config-drift';
import type { ServeRequest } from '../../../src/core/target/serve-request';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { discovered } from '../../support/bentos';
import { ManualClock } from '../../support/manual-clock';
import { sourcesOf } from '../../support/sources-of';

const clock = new ManualClock();

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

describe('the drift of a served bento from its configuration', () => {
  it('is none while nothing has changed', async () => {
    const same = { ...defaultSettings, http: { ...defaultSettings.http } };
    expect(await detectDrift(request, sources({ settings: same }), clock)).toBeUndefined();
  });

  it('is reported when a setting changes', async () => {
    const settings = { ...defaultSettings, env: { MODEL: 'large' } };
    expect(await detectDrift(request, sources({ settings }), clock)).toBe('settings');
  });

  it('of a watched bento is reported when its address or health settings change', async () => {
    const addresses = ['http://10.0.0.5:3000'];
    const bento = discovered({ source: 'remote', addresses });
    const watched = { bento, settings: defaultSettings };
    const drift = (values: Parameters<typeof sources>[0]): ReturnType<typeof detectDrift> =>
      detectDrift(watched, sources({ bento, ...values }), clock);
    expect(await drift({ settings: { ...defaultSettings, env: { A: '1' } } })).toBeUndefined();
    const health = { ...defaultSettings.health, interval: 60 };
    expect(await drift({ settings: { ...defaultSettings, health } })).toBe('settings');
    const other = discovered({ source: 'remote', addresses: ['http://10.0.0.6:3000'] });
    expect(await drift({ bento: other })).toBe('settings');
  });

  it('is none for settings that are read later, such as resumeOnReload', async () => {
    const settings = { ...defaultSettings, resumeOnReload: false };
    expect(await detectDrift(request, sources({ settings }), clock)).toBeUndefined();
  });

  it('is reported when its entry names another service', async () => {
    const bento = discovered({ reference: 'service:Other' });
    expect(await detectDrift(request, sources({ bento }), clock)).toBe('settings');
  });

  it('is reported when another interpreter would serve it', async () => {
    const python = () => Promise.resolve({ ...interpreter, path: '/usr/bin/python3' });
    expect(await detectDrift(request, sources({ python }), clock)).toBe('interpreter');
  });

  it('is none when no interpreter can be found', async () => {
    const python = () => Promise.reject(new Error('none'));
    expect(await detectDrift(request, sources({ python }), clock)).toBeUndefined();
  });

  it('is reported when discovery does not find it any more', async () => {
    const bento = discovered({ id: 'another' });
    expect(await detectDrift(request, sources({ bento }), clock)).toBe('gone');
  });
});
