import { describe, expect, it } from 'vitest';
import type { DiscoveredBento } from '../../../src/core/discovery/discovered-bento';
import { Emitter } from '../../../src/core/events';
import { ServeError } from '../../../src/core/problem';
import type { BentoSources } from '../../../src/core/serve/bento-registry';
import type { BaseRequest } from '../../../src/core/serve/warm-helpers';
import { WarmUp } from '../../../src/core/serve/warm-up';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { ManualClock } from '../../support/manual-clock';
import { quietLog } from '../../support/quiet-log';

const bento: DiscoveredBento = {
  id: 'service.py:Search',
  name: 'Search',
  folder: '/work',
  source: 'file',
  reference: 'service:Search',
  workingDir: '/work',
  generation: 'service',
  components: [],
};

interface Options {
  readonly settings?: Partial<ServeSettings>;
  readonly bento?: Partial<DiscoveredBento>;
  readonly trusted?: boolean;
  readonly sources?: Partial<BentoSources>;
}

function setUp(options: Options = {}): {
  clock: ManualClock;
  warmUp: WarmUp;
  seen: DiscoveredBento;
  warmed: BaseRequest[];
  log: ReturnType<typeof quietLog>;
} {
  const clock = new ManualClock();
  const log = quietLog();
  const warmed: BaseRequest[] = [];
  const interpreter = {
    path: '/python',
    version: '3.11.0',
    bentomlVersion: '1.4.38',
    origin: 'a test',
  };
  const seen = { ...bento, ...options.bento };
  const settings: ServeSettings = { ...defaultSettings, warmUp: 'onView', ...options.settings };
  const sources: BentoSources = {
    hasFolder: () => true,
    discovered: () => [seen],
    onDidDiscover: new Emitter<void>().event,
    onDidChangeInterpreter: new Emitter<void>().event,
    onDidChangeFiles: new Emitter<readonly string[]>().event,
    refresh: () => Promise.resolve(),
    settingsFor: () => settings,
    folderSettings: () => ({ defaults: settings, bentos: [], problems: [] }),
    privilegedVariables: () => Promise.resolve([]),
    findInterpreter: () => Promise.resolve(interpreter),
    environmentFor: () => Promise.resolve({ PATH: '/bin' }),
    ...options.sources,
  };
  const warmUp = new WarmUp({
    clock,
    log,
    platform: 'linux',
    assertTrusted: () => {
      if (options.trusted !== false) return;
      throw new ServeError({ code: 'untrusted', message: 'The folder is not trusted.' });
    },
    sources,
    helpers: () =>
      Promise.resolve({
        warm: (request) => {
          warmed.push(request);
          return Promise.resolve();
        },
      }),
  });
  return { clock, warmUp, seen, warmed, log };
}

const shown = async ({ clock, warmUp, seen }: ReturnType<typeof setUp>): Promise<void> => {
  warmUp.seen(seen);
  await clock.pass(1_000);
};

it('has a template wait for what was seen, once', async () => {
  const set = setUp({ settings: { preload: ['torch'] } });
  set.warmUp.seen(set.seen);
  await set.clock.pass(999);
  expect(set.warmed).toEqual([]);
  await set.clock.pass(1);
  await shown(set);
  expect(set.warmed).toEqual([
    {
      python: '/python',
      env: { PATH: '/bin' },
      template: { stack: 'service', preload: ['torch'] },
    },
  ]);
});

describe('has none wait', () => {
  it.each<[string, Options]>([
    ['by default', { settings: { warmUp: 'onServe' } }],
    ['in a folder that is not trusted', { trusted: false }],
    ['where BentoML is to run the workers', { settings: { launcher: 'cli' } }],
    ['where a secret would be asked for', { settings: { env: { TOKEN: '${secret:token}' } } }],
    [
      'where consent would be asked for',
      {
        sources: {
          privilegedVariables: () =>
            Promise.resolve([
              { name: 'PYTHONPATH', value: '/evil', why: 'which code runs' },
            ] as never),
        },
      },
    ],
    [
      'where there is no Python',
      {
        sources: {
          findInterpreter: () =>
            Promise.reject(new ServeError({ code: 'no-python', message: 'There is none.' })),
        },
      },
    ],
  ])('%s', async (_, options) => {
    const set = setUp(options);
    await shown(set);
    expect(set.warmed).toEqual([]);
  });

  it('after the end of the window', async () => {
    const set = setUp();
    set.warmUp.seen(set.seen);
    set.warmUp.dispose();
    await shown(set);
    expect(set.warmed).toEqual([]);
  });
});
