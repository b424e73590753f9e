import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/core/events';
import type { Bento } from '../../../src/core/model';
import { cancelled, ServeError } from '../../../src/core/problem';
import type { BentoSources } from '../../../src/core/registry/bento-sources';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import { discovered } from '../../support/bentos';
import { fakeServing, type FakeServed, type FakeServing } from '../../support/fake-serving';
import { settle } from '../../support/settle';
import { sourcesOf } from '../../support/sources-of';
import { linuxContext } from '../settings/settings-contexts';
import { say, textOf } from '../../../src/core/messages/message';

const { id } = discovered();
const missing = new ServeError({ code: 'no-python', message: 'There is no Python at /gone.' });

const setUp = (others: Partial<BentoSources> = {}): FakeServing =>
  fakeServing(sourcesOf(discovered(), defaultSettings, others));

const last = ({ served }: FakeServing): FakeServed => {
  const found = served.at(-1);
  if (found === undefined) throw new Error('nothing was made');
  return found;
};

const stateOf = ({ registry }: FakeServing): string | undefined => registry.bento(id)?.state;

async function serve(serving: FakeServing): Promise<void> {
  const done = serving.registry.serve(id);
  await settle();
  last(serving).ready();
  await done;
}

/** Every state and phase that a reader saw, without repetitions. */
function seen({ registry }: FakeServing): string[] {
  const words: string[] = [];
  registry.onDidChange(() => {
    const { state, progress } = registry.bento(id) as Bento;
    const word = progress === undefined ? state : `${state}: ${textOf(progress.phase)}`;
    if (words.at(-1) !== word) words.push(word);
  });
  return words;
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof ServeError ? error.code : error),
  );

describe('a start', () => {
  it('is told as such from the request on, with its phase, to every reader', async () => {
    const serving = setUp();
    const words = seen(serving);
    const done = serving.registry.serve(id);
    expect(stateOf(serving)).toBe('starting');
    expect(words).toEqual(['starting: checking settings']);
    await settle();
    last(serving).ready();
    await done;
    expect(words).toEqual([
      'starting: checking settings',
      'starting: checking Python',
      'starting: importing the service',
      'ready: importing the service',
      'ready',
    ]);
  });

  it('tells since when', async () => {
    const serving = setUp();
    const since = serving.clock.date();
    void serving.registry.serve(id);
    await settle();
    await serving.clock.pass(45_000);
    expect(serving.registry.bento(id)?.progress).toEqual({
      phase: say('importingService'),
      since,
    });
  });

  it('that fails is never told as stopped in between', async () => {
    const serving = setUp();
    const words = seen(serving);
    const done = codeOf(serving.registry.serve(id));
    await settle();
    last(serving).fail(new ServeError({ code: 'import-failed', message: 'No module named x.' }));
    expect(await done).toBe('import-failed');
    expect(words.slice(-2)).toEqual(['stopping: importing the service', 'failed']);
  });

  it('ends with a stop, also while a person is asked something', async () => {
    const question = new Promise<never>(() => undefined);
    const serving = setUp({ findInterpreter: () => question });
    const done = codeOf(serving.registry.serve(id));
    await settle();
    await serving.registry.stop(id);
    expect(await done).toBe('cancelled');
    expect(stateOf(serving)).toBe('stopped');
  });

  it('after a stop that is in progress begins when that has ended', async () => {
    const serving = setUp();
    await serve(serving);
    const first = last(serving);
    first.holdsStop = true;
    const stopped = serving.registry.stop(id);
    const again = serving.registry.serve(id);
    await settle();
    expect(serving.calls).toEqual(['start', 'stop']);
    first.end();
    await stopped;
    await settle();
    last(serving).ready();
    expect((await again).state).toBe('ready');
    expect(first.forced).toBe(false);
  });

  it('after a stop that cancels another start is not cancelled with that', async () => {
    const serving = setUp();
    const first = codeOf(serving.registry.serve(id));
    await settle();
    const stopped = serving.registry.stop(id);
    const again = serving.registry.serve(id);
    await stopped;
    expect(await first).toBe('cancelled');
    await settle();
    last(serving).ready();
    expect((await again).state).toBe('ready');
  });
});

describe('a restart', () => {
  it('is never told as stopped', async () => {
    const serving = setUp();
    await serve(serving);
    const words = seen(serving);
    const done = serving.registry.restart(id);
    await settle();
    last(serving).ready();
    await done;
    expect(words).toEqual([
      'ready: checking settings',
      'ready: checking Python',
      'ready: stopping what is served',
      'stopping: stopping what is served',
      'starting: stopping what is served',
      'starting: importing the service',
      'ready: importing the service',
      'ready',
    ]);
  });

  it.each([
    ['its interpreter', { findInterpreter: () => Promise.reject(missing) }],
    ['its environment', { environmentFor: () => Promise.reject(missing) }],
    ['its variables', { fileVariables: () => Promise.reject(missing) }],
  ] as const)('leaves alone what runs when the check of %s fails', async (_, failing) => {
    let broken = false;
    const sources = sourcesOf(discovered(), defaultSettings);
    const serving = fakeServing({
      ...sources,
      ...Object.fromEntries(
        Object.entries(failing).map(([name, fail]) => [
          name,
          (...args: never[]) =>
            broken
              ? fail()
              : (sources[name as keyof BentoSources] as (...own: never[]) => unknown)(...args),
        ]),
      ),
    });
    await serve(serving);
    broken = true;
    const error: unknown = await serving.registry.restart(id).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'no-python',
      message: 'There is no Python at /gone. Search was not restarted and keeps running.',
    });
    expect(serving.calls).toEqual(['start']);
    expect(serving.registry.bento(id)).toMatchObject({ state: 'ready' });
    expect(serving.registry.bento(id)).not.toHaveProperty('problem');
    expect(serving.registry.bento(id)).not.toHaveProperty('progress');
  });

  it('leaves alone what runs when the service cannot be imported', async () => {
    const serving = setUp();
    await serve(serving);
    const done = serving.registry.restart(id);
    serving.served.push = (next: FakeServed) => {
      next.check = () => Promise.reject(missing);
      return Array.prototype.push.call(serving.served, next);
    };
    expect(await codeOf(done)).toBe('no-python');
    expect(serving.calls).toEqual(['start']);
    expect(stateOf(serving)).toBe('ready');
  });

  it('is one, however often it is requested within a second', async () => {
    const serving = setUp();
    await serve(serving);
    const clicks: Promise<Bento>[] = [];
    for (let click = 0; click < 50; click++) {
      clicks.push(serving.registry.restart(id));
      await serving.clock.pass(20);
      // It is faster than the clicks.
      if (click === 10) last(serving).ready();
    }
    await Promise.all(clicks);
    expect(serving.calls).toEqual(['start', 'stop', 'start']);
  });

  it('of a component is one, however often it is requested within a second', async () => {
    const serving = setUp();
    await serve(serving);
    const clicks: Promise<Bento>[] = [];
    for (let click = 0; click < 50; click++) {
      clicks.push(serving.registry.restart(id, 'http'), serving.registry.restart(id, 'http'));
      await serving.clock.pass(20);
    }
    await Promise.all(clicks);
    expect(serving.calls).toEqual(['start', 'restart http']);
  });

  it('of a component is cancelled by each of its callers', async () => {
    const serving = setUp();
    await serve(serving);
    let signal: AbortSignal | undefined;
    last(serving).restartComponent = (_, cancel) =>
      new Promise((_resolve, reject) => {
        signal = cancel;
        cancel.addEventListener('abort', () => reject(cancelled()));
      });
    const first = codeOf(serving.registry.restart(id, 'http'));
    const second = new AbortController();
    const joined = codeOf(serving.registry.restart(id, 'http', { signal: second.signal }));
    await settle();
    expect(signal?.aborted).toBe(false);
    second.abort();
    expect(await Promise.all([first, joined])).toEqual(['cancelled', 'cancelled']);
  });

  it('is done again for who has waited for the first', async () => {
    const serving = setUp();
    await serve(serving);
    for (let count = 0; count < 2; count++) {
      const done = serving.registry.restart(id);
      await settle();
      last(serving).ready();
      await done;
    }
    expect(serving.calls).toEqual(['start', 'stop', 'start', 'stop', 'start']);
  });

  it('joins a start that is in progress', async () => {
    const serving = setUp();
    const all = [
      serving.registry.serve(id),
      serving.registry.restart(id),
      serving.registry.restart(id, 'http'),
    ];
    await settle();
    all.push(serving.registry.restart(id));
    last(serving).ready();
    for (const bento of await Promise.all(all)) expect(bento.state).toBe('ready');
    expect(serving.calls).toEqual(['start']);
  });

  it('begins a start anew that is in progress with other settings; its callers get the new one', async () => {
    let settings = defaultSettings;
    const serving = setUp({ settingsFor: () => settings });
    const first = serving.registry.serve(id);
    await settle();
    settings = { ...settings, env: { MODEL: 'large' } };
    const restarted = serving.registry.restart(id);
    await settle();
    last(serving).ready();
    expect(await first).toBe(await restarted);
    expect(serving.calls).toEqual(['start', 'stop', 'start']);
    expect(last(serving).request.settings).toBe(settings);
  });

  it('followed by a stop stays stopped, and followed by another restart does not', async () => {
    const serving = setUp();
    await serve(serving);
    const first = codeOf(serving.registry.restart(id));
    await settle();
    const stopped = serving.registry.stop(id);
    const second = serving.registry.restart(id);
    expect(await first).toBe('cancelled');
    await stopped;
    await settle();
    last(serving).ready();
    expect((await second).state).toBe('ready');
    const third = codeOf(serving.registry.restart(id));
    await serving.registry.stop(id);
    expect(await third).toBe('cancelled');
    expect(stateOf(serving)).toBe('stopped');
  });

  it('during a stop waits for it, and does not force it', async () => {
    const serving = setUp();
    await serve(serving);
    const first = last(serving);
    first.holdsStop = true;
    const stopped = serving.registry.stop(id);
    const again = serving.registry.restart(id);
    await settle();
    expect(first.forced).toBe(false);
    first.end();
    await stopped;
    await settle();
    last(serving).ready();
    expect((await again).state).toBe('ready');
  });

  it('is not needed to force a stop: a second stop does', async () => {
    const serving = setUp();
    await serve(serving);
    const first = last(serving);
    first.holdsStop = true;
    const stops = [serving.registry.stop(id), serving.registry.stop(id)];
    expect(first.forced).toBe(true);
    await Promise.all(stops);
    expect(stateOf(serving)).toBe('stopped');
  });
});

it('waits for each stopped component, also when another one fails', async () => {
  const serving = setUp();
  await serve(serving);
  const served = last(serving);
  const slow = Promise.withResolvers<undefined>();
  served.has({ http: 'failed', 'runner:a': 'stopped' });
  served.startComponent = (component) =>
    component === 'http' ? Promise.reject(missing) : slow.promise;
  let code: unknown;
  const done = codeOf(serving.registry.serve(id)).then((one) => void (code = one));
  await settle();
  expect(code).toBeUndefined();
  expect(serving.registry.bento(id)).toHaveProperty('progress');
  slow.resolve(undefined);
  await done;
  expect(code).toBe('no-python');
});

describe('a bento of which discovery says something else', () => {
  const rediscover = async (changes: Partial<ReturnType<typeof discovered>>): Promise<unknown> => {
    const found = new Emitter<void>();
    let bento = discovered();
    const serving = setUp({ discovered: () => [bento], onDidDiscover: found.event });
    await serve(serving);
    bento = { ...bento, ...changes };
    found.fire();
    await settle();
    return serving.served.length;
  };

  it('is served again when its build file names another service', async () => {
    expect(await rediscover({ reference: 'service:Other' })).toBe(2);
  });

  it('goes on when an entry of the settings names it now', async () => {
    expect(await rediscover({ reference: 'service:Other', entry: 0 })).toBe(1);
  });
});

describe('what was chosen for one serve', () => {
  const freePorts = (serving: FakeServing): boolean | undefined => last(serving).request.freePorts;
  const chosen = async (): Promise<FakeServing> => {
    const serving = setUp();
    const done = serving.registry.serve(id, { once: { freePorts: true } });
    await settle();
    last(serving).ready();
    await done;
    expect(freePorts(serving)).toBe(true);
    return serving;
  };

  it.each([
    ['stop', (serving: FakeServing) => serving.registry.stop(id)],
    ['stopAll', (serving: FakeServing) => serving.registry.stopAll()],
  ])('is forgotten after %s, also by a restart', async (_, stop) => {
    const serving = await chosen();
    await stop(serving);
    const again = serving.registry.restart(id);
    await settle();
    last(serving).ready();
    await again;
    expect(serving.served).toHaveLength(2);
    expect(freePorts(serving)).toBe(false);
  });

  it('is kept by a restart of what runs', async () => {
    const serving = await chosen();
    const again = serving.registry.restart(id);
    await settle();
    last(serving).ready();
    await again;
    expect(serving.served).toHaveLength(2);
    expect(freePorts(serving)).toBe(true);
  });

  it('counts for a serve that waits for a stop', async () => {
    const serving = setUp();
    await serve(serving);
    const first = last(serving);
    first.holdsStop = true;
    const stopped = serving.registry.stop(id);
    const again = serving.registry.serve(id, { once: { freePorts: true } });
    first.end();
    await stopped;
    await settle();
    last(serving).ready();
    await again;
    expect(freePorts(serving)).toBe(true);
  });
});

describe('what is served', () => {
  it('tells that files of its settings have changed, as long as they have', async () => {
    const serving = setUp();
    await serve(serving);
    expect(serving.registry.drift(id)).toBeUndefined();
    last(serving).settingsFilesChanged = true;
    expect(serving.registry.drift(id)).toBe('settings');
    last(serving).settingsFilesChanged = false;
    expect(serving.registry.drift(id)).toBeUndefined();
  });

  it('tries saved code again when it is served again, and rejects with what is wrong with it', async () => {
    const serving = setUp();
    await serve(serving);
    const problem = { code: 'import-failed', message: 'No.' } as const;
    last(serving).problem = problem;
    last(serving).retry = () => Promise.reject(new ServeError(problem));
    expect(await codeOf(serving.registry.serve(id))).toBe('import-failed');
    expect(stateOf(serving)).toBe('ready');
    last(serving).retry = () => Promise.resolve();
    expect(await codeOf(serving.registry.serve(id))).toBe('done');
    expect(serving.served).toHaveLength(1);
  });
});

describe('trust', () => {
  it('that is granted takes what was said for want of it from the row', async () => {
    const found = new Emitter<void>();
    let trusted = false;
    const sources = sourcesOf(discovered(), defaultSettings, { onDidDiscover: found.event });
    const serving = fakeServing(sources, {
      assertTrusted: () => {
        if (!trusted) throw new ServeError({ code: 'untrusted', message: 'Not trusted.' });
      },
    });
    expect(await codeOf(serving.registry.serve(id))).toBe('untrusted');
    found.fire();
    expect(stateOf(serving)).toBe('failed');
    trusted = true;
    found.fire();
    expect(stateOf(serving)).toBe('stopped');
    expect(serving.registry.bento(id)).not.toHaveProperty('problem');
    expect(serving.calls).toEqual([]);
  });
});

describe('settings that no system can pass on', () => {
  const runners = (count: number, length: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `${index}`.padStart(length, 'r'),
        { remote: 'tcp://10.0.0.1:3000' },
      ]),
    );
  const served = (settings: object): FakeServing => {
    const folder = parseFolderSettings(settings, linuxContext);
    return fakeServing(sourcesOf(discovered(), folder.defaults, { folderSettings: () => folder }));
  };

  it.each([
    [
      'more runners than are taken',
      5000,
      12,
      /has 5000 \(\d{6} bytes, .* at most \d+ to a process/,
    ],
    [
      'names that are too long together',
      900,
      200,
      /they have \d{6} bytes, and this system takes \d+/,
    ],
  ])('are refused at once, with the size and the limit: %s', async (_, count, length, message) => {
    const serving = served({ runners: runners(count, length) });
    const error: unknown = await serving.registry.serve(id).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'settings',
      message: expect.stringMatching(message) as string,
    });
    expect(serving.served).toEqual([]);
  });

  it('are others than those that fit', async () => {
    await serve(served({ runners: runners(1000, 12) }));
  });
});
