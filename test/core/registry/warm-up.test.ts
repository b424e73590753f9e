import { describe, expect, it } from 'vitest';
import type { DiscoveredBento } from '../../../src/core/discovery/discovered-bento';
import type { ServedWith } from '../../../src/core/target/local/fork-server/served-before';
import { Emitter } from '../../../src/core/events';
import { ServeError } from '../../../src/core/problem';
import type { StopAllEvent } from '../../../src/core/registry/bento-registry';
import type { BentoSources } from '../../../src/core/registry/bento-sources';
import type { BaseRequest } from '../../../src/core/target/local/serve-runtime';
import { WarmUp, type Questions } from '../../../src/core/registry/warm-up';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { ManualClock } from '../../support/manual-clock';
import { quietLog } from '../../support/quiet-log';
import { sourcesOf } from '../../support/sources-of';

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
  readonly platform?: NodeJS.Platform;
  /** Whether what would be asked was answered before. */
  readonly answered?: boolean;
  /** Default: it has. */
  readonly settled?: Promise<unknown>;
  readonly sources?: Partial<BentoSources>;
  /** The interpreter that the bento was served with in this workspace, and its modules. Default: it was not served. */
  readonly before?: Partial<ServedWith>;
  /** Bytes. Default: plenty. `null`: not known. */
  readonly available?: number | null;
}

const python = '/work/.venv/bin/python';

function setUp(options: Options = {}): {
  clock: ManualClock;
  warmUp: WarmUp;
  warmed: BaseRequest[];
  /** Stops everything; resolves when what is to be waited for has settled. */
  stopAll: () => Promise<void>;
  log: ReturnType<typeof quietLog>;
} {
  const clock = new ManualClock();
  const log = quietLog();
  const warmed: BaseRequest[] = [];
  const stopsAll = new Emitter<StopAllEvent>();
  const stopAll = async (): Promise<void> => {
    const others: Promise<unknown>[] = [];
    stopsAll.fire({ waitUntil: (work) => others.push(work) });
    await Promise.all(others);
  };
  const isNothing = ({ exposed, variables, secrets }: Questions): boolean =>
    exposed.length + variables.length + secrets.length === 0;
  const settings: ServeSettings = { ...defaultSettings, warmUp: 'onView', ...options.settings };
  const sources = sourcesOf({ ...bento, ...options.bento }, settings, {
    environmentFor: () => Promise.resolve({ PATH: '/bin' }),
    ...options.sources,
  });
  const warmUp = new WarmUp({
    clock,
    log,
    platform: options.platform ?? 'linux',
    assertTrusted: () => {
      if (options.trusted !== false) return;
      throw new ServeError({ code: 'untrusted', message: 'The folder is not trusted.' });
    },
    sources,
    discovered: () => sources.discovered()[0],
    servedBefore: {
      of: () => options.before && { command: python, python, preload: [], ...options.before },
    },
    availableMemory: () =>
      Promise.resolve(options.available === undefined ? 8e9 : (options.available ?? undefined)),
    areAnswered: (questions) => Promise.resolve(options.answered === true || isNothing(questions)),
    onStopAll: stopsAll.event,
    settled: options.settled ?? Promise.resolve(),
    helpers: () =>
      Promise.resolve({
        warm: (request) => {
          warmed.push(request);
          return Promise.resolve(undefined);
        },
      }),
  });
  return { clock, warmUp, warmed, stopAll, log };
}

const shown = async ({ clock, warmUp }: ReturnType<typeof setUp>): Promise<void> => {
  warmUp.seen(bento.id);
  await clock.pass(1_000);
};

it('has a fork server wait for what was seen, once', async () => {
  const set = setUp({ settings: { preload: ['torch'] } });
  set.warmUp.seen(bento.id);
  await set.clock.pass(999);
  expect(set.warmed).toEqual([]);
  await set.clock.pass(1);
  await shown(set);
  expect(set.warmed).toEqual([
    {
      folder: '/work',
      python: '/work/.venv/bin/python',
      env: { PATH: '/bin' },
      forkServer: { stack: 'service', preload: ['torch'] },
      forkServerLimitMs: 300_000,
    },
  ]);
});

it('waits until the window has settled', async () => {
  const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
  const set = setUp({ settled });
  await shown(set);
  expect(set.warmed).toEqual([]);
  settle(undefined);
  await set.clock.pass(0);
  expect(set.warmed).toHaveLength(1);
});

it('begins when the folder is trusted', async () => {
  const options: Options & { trusted: boolean } = { trusted: false };
  const set = setUp(options);
  await shown(set);
  options.trusted = true;
  await shown(set);
  expect(set.warmed).toHaveLength(1);
});

it('has a fork server wait where all was answered before', async () => {
  const env = { TOKEN: '${secret:token}' };
  const http = { ...defaultSettings.http, host: '0.0.0.0' };
  const set = setUp({ settings: { env, http }, answered: true });
  await shown(set);
  expect(set.warmed).toHaveLength(1);
});

it('starts one after the other', async () => {
  const first = Promise.withResolvers<never>();
  let asked = 0;
  const set = setUp({
    sources: {
      discovered: () => [bento, { ...bento, id: 'other' }],
      findInterpreter: () => {
        asked += 1;
        return first.promise;
      },
    },
  });
  set.warmUp.seen('other');
  await shown(set);
  expect(asked).toBe(1);
  first.reject(new ServeError({ code: 'no-python', message: 'There is none.' }));
  await set.clock.pass(0);
  expect(asked).toBe(2);
  expect(set.log.lines).toContain('Search: not warmed up: There is none.');
});

it('by default, has a fork server wait for what was served in this workspace before', async () => {
  const set = setUp({
    settings: { warmUp: 'auto', preload: ['torch'] },
    before: { preload: ['numpy', 'torch'] },
  });
  await shown(set);
  expect(set.warmed).toMatchObject([{ python, forkServer: { preload: ['torch'] } }]);
});

it('by default, runs no program but the one that it was served with', async () => {
  const set = setUp({
    settings: { warmUp: 'auto' },
    before: { command: '/shims/python3' },
    sources: {
      findInterpreter: (_bento, _settings, _signal, { mayRun } = {}) =>
        mayRun?.('/work/.venv/bin/python') === false
          ? Promise.reject(new ServeError({ code: 'cancelled', message: 'It may not be run.' }))
          : Promise.reject(new Error('It was run.')),
    },
  });
  await shown(set);
  expect(set.log.lines.at(-1)).toBe(
    'Search: not warmed up: it was served with another interpreter',
  );
});

it('runs whatever a serve would run where the settings want it', async () => {
  let mayBeRun: boolean | undefined;
  const set = setUp({
    before: { command: '/shims/python3' },
    sources: {
      findInterpreter: (_bento, _settings, _signal, { mayRun } = {}) => {
        mayBeRun = mayRun?.('/work/.venv/bin/python');
        return Promise.reject(new ServeError({ code: 'no-python', message: 'There is none.' }));
      },
    },
  });
  await shown(set);
  expect(mayBeRun).toBe(true);
});

it('looks again at the memory when it is seen again', async () => {
  const options: { -readonly [Key in keyof Options]: Options[Key] } = { available: 5e8 };
  const set = setUp(options);
  await shown(set);
  expect(set.log.lines).toEqual(['Search: not warmed up: less than 1 GB of memory is available']);
  options.available = 1e9;
  await shown(set);
  expect(set.warmed).toHaveLength(1);
});

it('looks at the memory when the turn of a bento comes', async () => {
  const options: { -readonly [Key in keyof Options]: Options[Key] } = {};
  const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
  const set = setUp(Object.assign(options, { settled }));
  await shown(set);
  options.available = 5e8;
  settle(undefined);
  await set.clock.pass(0);
  expect(set.warmed).toEqual([]);
});

describe('has none wait', () => {
  it.each<[string, Options]>([
    ['where it waits for the first serve', { settings: { warmUp: 'onServe' }, before: {} }],
    ['where it is off', { settings: { warmUp: 'off' }, before: {} }],
    ['by default, of what was never served here', { settings: { warmUp: 'auto' } }],
    ['with under 1 GB of memory', { available: 999_999_999 }],
    ['where the system does not tell how much memory there is', { available: null }],
    [
      'by default, with an interpreter that it was not served with',
      { settings: { warmUp: 'auto' }, before: { python: '/work/other/bin/python' } },
    ],
    [
      'by default, with a module that it was not served with',
      { settings: { warmUp: 'auto', preload: ['torch'] }, before: { preload: ['numpy'] } },
    ],
    [
      'by default, in a folder that is not trusted, of what was served here',
      { settings: { warmUp: 'auto' }, before: {}, trusted: false },
    ],
    ['in a folder that is not trusted', { trusted: false }],
    ['where it runs in containers', { settings: { target: 'compose' } }],
    ['where nothing is forked', { platform: 'darwin' }],
    [
      'where it would be asked about a host',
      { settings: { http: { ...defaultSettings.http, host: '0.0.0.0' } } },
    ],
    ['where BentoML is to run the workers', { settings: { launcher: 'cli' } }],
    ['where a secret would be asked for', { settings: { env: { TOKEN: '${secret:token}' } } }],
    [
      'where consent would be asked for',
      {
        sources: {
          privilegedVariables: () => [{ name: 'PYTHONPATH', value: '/evil' }],
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

  it('of what was seen before everything was stopped', async () => {
    const set = setUp();
    set.warmUp.seen(bento.id);
    await set.stopAll();
    await shown(set);
    await shown(set);
    expect(set.warmed).toEqual([]);
  });

  it('of what had too little memory before everything was stopped', async () => {
    const options: { -readonly [Key in keyof Options]: Options[Key] } = { available: 5e8 };
    const set = setUp(options);
    await shown(set);
    await set.stopAll();
    options.available = 8e9;
    await shown(set);
    expect(set.warmed).toEqual([]);
  });

  it('of what is being warmed up while everything is stopped, which waits for it', async () => {
    const { promise: found, resolve: find } = Promise.withResolvers<undefined>();
    const set = setUp({ sources: { fileVariables: () => found.then(() => ({})) } });
    await shown(set);
    let isOver = false;
    const stopped = set.stopAll().then(() => (isOver = true));
    await set.clock.pass(0);
    expect(isOver).toBe(false);
    find(undefined);
    await stopped;
    expect(set.warmed).toEqual([]);
  });

  it('after the end of the window', async () => {
    const set = setUp();
    set.warmUp.seen(bento.id);
    set.warmUp.dispose();
    await shown(set);
    expect(set.warmed).toEqual([]);
  });
});
