import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import type { OneTimeChoices } from '../../../src/core/bento-manager';
import { planRequest } from '../../../src/core/plan/plan-request';
import type { Exposure } from '../../../src/core/exposure/exposure';
import { ServePrerequisites } from '../../../src/core/registry/serve-prerequisites';
import type { RegistryContext } from '../../../src/core/registry/registry-context';
import type { BentoSources } from '../../../src/core/registry/bento-sources';
import type { Interpreter } from '../../../src/core/interpreter/interpreter';
import type { BaseRequest } from '../../../src/core/target/local/serve-runtime';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { PrivilegedVariable } from '../../../src/core/settings/privileged-variables';
import type { ServeSettings } from '../../../src/core/settings/serve-settings';
import { discovered } from '../../support/bentos';
import { settle } from '../../support/settle';
import { sourcesOf } from '../../support/sources-of';

const { http } = defaultSettings;
const noHelpers = () => Promise.reject(new Error('no helper is started'));
const options = { signal: new AbortController().signal, onPhase: () => undefined };

function questions(
  settings: Partial<ServeSettings>,
  sources: Partial<BentoSources> = {},
  helpers: ConstructorParameters<typeof ServePrerequisites>[2] = noHelpers,
) {
  const asked: string[] = [];
  const own = { ...defaultSettings, ...settings };
  const context = {
    processEnv: {},
    platform: 'linux',
    clock: systemClock,
    assertTrusted: () => undefined,
    confirmVariables: (_: unknown, variables: readonly PrivilegedVariable[]) => {
      asked.push(...variables.map(({ name, value }) => `${name}=${value}`));
      return Promise.resolve();
    },
    confirmExposures: (_: unknown, exposed: readonly Exposure[]) => {
      asked.push(...exposed.map(({ kind, component, host }) => `${kind} ${component} ${host}`));
      return Promise.resolve();
    },
    loadServing: () => Promise.resolve({ planRequest }),
  } as unknown as RegistryContext;
  const bento = discovered();
  const made = new ServePrerequisites(context, sourcesOf(bento, own, sources), helpers);
  const serve = (signal = options.signal, once: Pick<OneTimeChoices, 'env'> = {}) =>
    made.toServe(bento, { ...options, signal }, once);
  return { asked, serve };
}

it('reads env files once: what was asked about is what is used, whatever is in the file by then', async () => {
  let reads = 0;
  const { asked, serve } = questions(
    {},
    {
      fileVariables: () => Promise.resolve({ LD_PRELOAD: `${++reads}.so` }),
      privilegedVariables: (_, __, files) =>
        Object.entries(files).map(([name, value]) => ({ name, value })),
      environmentFor: (_, __, ___, files) => Promise.resolve(files),
    },
  );
  const { env, fileVariables } = await serve();
  expect(asked).toEqual(['LD_PRELOAD=1.so']);
  expect(env).toEqual({ LD_PRELOAD: '1.so' });
  expect(fileVariables).toEqual(env);
  expect(reads).toBe(1);
});

it('asks about a server that others can reach, and about a remote runner', async () => {
  const runners = { lower: { remote: 'tcp://10.0.0.2:1' } };
  const { asked, serve } = questions({ runners, http: { ...http, host: '0.0.0.0' } });
  await serve();
  expect(asked).toEqual(['service http 0.0.0.0', 'remote lower tcp://10.0.0.2:1']);
});

it.each<[string, Partial<ServeSettings>, string]>([
  ['http', { http: { ...http, host: '203.0.113.7', port: 80 } }, '203.0.113.7:80'],
  ['upper', { runners: { upper: { host: '2001:db8::7' } } }, '2001:db8::7'],
])(
  'refuses an address of another machine before anybody is asked: %s',
  async (name, own, address) => {
    const { asked, serve } = questions(own);
    const message = `${address} is not an address of this machine: change the host of ${name} in the settings.`;
    await expect(serve()).rejects.toMatchObject({ code: 'port-in-use', message });
    expect(asked).toEqual([]);
  },
);

it('refuses a runner on all addresses before anybody is asked', async () => {
  const { asked, serve } = questions({ runners: { upper: { host: '0.0.0.0' } } });
  await expect(serve()).rejects.toMatchObject({ code: 'settings' });
  expect(asked).toEqual([]);
});

it('leaves a runner on all addresses to the user', async () => {
  const runners = { upper: { host: '::' } };
  const usersOwnSettings = () => ({ ...defaultSettings, runners });
  const { asked, serve } = questions({ runners }, { usersOwnSettings });
  await serve();
  expect(asked).toEqual(['code upper ::']);
});

describe('a helper that is started for an expected interpreter', () => {
  const expected = { path: '/work/.venv/bin/python', bentomlVersion: '1.4.38' };
  const found = { ...expected, version: '3.12.1', origin: 'the test' };

  async function ahead(
    find: () => Promise<Interpreter>,
    candidates = [expected],
    env?: Readonly<Record<string, string>>,
  ) {
    const started: { readonly python: string; readonly cancel: AbortSignal }[] = [];
    const pool = {
      startAhead: ({ python }: BaseRequest, cancel: AbortSignal) =>
        Promise.resolve(void started.push({ python, cancel })),
    };
    const sources: Partial<BentoSources> = {
      findInterpreter: async (_bento, _settings, _signal, { onExpected } = {}) => {
        for (const one of candidates) await onExpected?.(one);
        return find();
      },
    };
    const { serve } = questions({}, sources, () => Promise.resolve(pool));
    const once = env === undefined ? {} : { env };
    const outcome = await serve(options.signal, once).catch((error: unknown) => error);
    return { outcome, started: started.map(({ python, cancel }) => [python, cancel.aborted]) };
  }

  it('is kept for the serve', async () => {
    const { outcome, started } = await ahead(() => Promise.resolve(found));
    expect(outcome).toMatchObject({ interpreter: found });
    expect(started).toEqual([[expected.path, false]]);
  });

  it.each<[string, () => Promise<Interpreter>]>([
    ['it is another one', () => Promise.resolve({ ...found, path: '/usr/bin/python3' })],
    ['it has another BentoML', () => Promise.resolve({ ...found, bentomlVersion: '1.1.11' })],
    ['there is none', () => Promise.reject(new Error('no Python'))],
  ])('ends if %s', async (_, find) => {
    expect((await ahead(find)).started).toEqual([[expected.path, true]]);
  });

  it('ends if its candidate is refused', async () => {
    const { started } = await ahead(
      () => Promise.resolve(found),
      [{ ...expected, path: '/work/app/.venv/bin/python' }, expected],
    );
    expect(started).toEqual([
      ['/work/app/.venv/bin/python', true],
      [expected.path, false],
    ]);
  });

  it('is not started if the serve has its own environment', async () => {
    const { started } = await ahead(() => Promise.resolve(found), [expected], { A: '1' });
    expect(started).toEqual([]);
  });

  it('is not started if the serve is cancelled meanwhile', async () => {
    const loaded = Promise.withResolvers<undefined>();
    const requests: BaseRequest[] = [];
    const pool = {
      startAhead: (request: BaseRequest) => Promise.resolve(void requests.push(request)),
    };
    const cancel = new AbortController();
    const { serve } = questions(
      {},
      {
        findInterpreter: async (_bento, _settings, signal, { onExpected } = {}) => {
          await onExpected?.(expected);
          signal.throwIfAborted();
          return found;
        },
      },
      () => loaded.promise.then(() => pool),
    );
    const served = serve(cancel.signal);
    await settle();
    cancel.abort();
    loaded.resolve(undefined);
    await expect(served).rejects.toThrow();
    expect(requests).toEqual([]);
  });
});
