import { expect, it } from 'vitest';
import { startAhead } from '../../../src/core/registry/start-ahead';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import type { BaseRequest } from '../../../src/core/target/local/serve-runtime';
import { discovered } from '../../support/bentos';
import { sourcesOf } from '../../support/sources-of';

const { http } = defaultSettings;
const expected = { path: '/work/.venv/bin/python', bentomlVersion: '1.4.38' };

async function started({
  settings = {},
  platform = 'linux',
  version = expected.bentomlVersion,
  environment = () => Promise.resolve({ PATH: '/bin' }),
}: {
  readonly settings?: Partial<ServeSettings>;
  readonly platform?: NodeJS.Platform;
  readonly version?: string;
  readonly environment?: () => Promise<{ readonly PATH: string }>;
} = {}): Promise<readonly BaseRequest[]> {
  const own = { ...defaultSettings, ...settings };
  const bento = discovered();
  const requests: BaseRequest[] = [];
  const pool = {
    startAhead: (request: BaseRequest) => Promise.resolve(void requests.push(request)),
  };
  const sources = sourcesOf(bento, own, { environmentFor: environment });
  const launch = { bento, settings: own, settingsFiles: {}, fileVariables: {} };
  await startAhead(
    { sources, platform, helpers: () => Promise.resolve(pool) },
    launch as unknown as Parameters<typeof startAhead>[1],
    { ...expected, bentomlVersion: version },
    new AbortController().signal,
  );
  return requests;
}

it('starts the helper that the serve will request', async () => {
  expect(await started({ settings: { preload: ['torch'] } })).toEqual([
    {
      folder: '/work',
      python: expected.path,
      env: { PATH: '/bin' },
      forkServer: { stack: 'service', preload: ['torch'] },
      forkServerLimitMs: defaultSettings.startTimeout * 1000,
    },
  ]);
});

it.each<[string, Parameters<typeof started>[0]]>([
  [
    'the user is asked about an address first',
    { settings: { http: { ...http, host: '0.0.0.0' } } },
  ],
  ['the user is asked for a secret first', { settings: { env: { TOKEN: '${secret:token}' } } }],
  [
    'the user may be asked for the password of a key first',
    {
      settings: {
        http: { ...http, tls: { ...http.tls, certFile: '/c.pem', keyFile: '/encrypted.key' } },
      },
    },
  ],
  ['it is served on an engine', { settings: { target: 'kubernetes' } }],
  ['its workers are started, not forked', { settings: { warmUp: 'off' } }],
  ['BentoML starts its workers', { settings: { launcher: 'cli' } }],
  ['the system cannot fork', { platform: 'win32' }],
  ['its version of BentoML is unknown', { version: '1.9.0' }],
  ['its environment is not known', { environment: () => Promise.reject(new Error('no file')) }],
])('starts nothing if %s', async (_, options) => {
  expect(await started(options)).toEqual([]);
});
