import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import { planRequest } from '../../../src/core/plan/plan-request';
import type { BentoSources } from '../../../src/core/registry/bento-sources';
import type { RegistryContext } from '../../../src/core/registry/registry-context';
import { ServePrerequisites } from '../../../src/core/registry/serve-prerequisites';
import { startAhead } from '../../../src/core/registry/start-ahead';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { BaseRequest } from '../../../src/core/target/local/serve-runtime';
import { discovered } from '../../support/bentos';
import { fakeServing } from '../../support/fake-serving';
import { settle } from '../../support/settle';
import { sourcesOf } from '../../support/sources-of';

const one = { path: '/work/app/.venv/bin/python', bentomlVersion: '1.4.38' };
const other = { path: '/work/.venv/bin/python', bentomlVersion: '1.4.38' };
const found = { ...other, version: '3.12.1', origin: 'the test' };

function setUp(findInterpreter: BentoSources['findInterpreter'], loaded?: Promise<unknown>) {
  const started: { readonly python: string; readonly cancel: AbortSignal }[] = [];
  const pool = {
    startAhead: ({ python }: BaseRequest, cancel: AbortSignal) =>
      Promise.resolve(void started.push({ python, cancel })),
  };
  const context = {
    processEnv: {},
    platform: 'linux',
    clock: systemClock,
    assertTrusted: () => undefined,
    confirmVariables: () => Promise.resolve(),
    confirmExposures: () => Promise.resolve(),
    loadServing: () => Promise.resolve({ planRequest }),
  } as unknown as RegistryContext;
  const sources = sourcesOf(discovered(), defaultSettings, { findInterpreter });
  const helpers = async () => {
    await loaded;
    return pool;
  };
  return { started, made: new ServePrerequisites(context, sources, helpers) };
}

it('ends what was started for a first candidate that was refused', async () => {
  const { started, made } = setUp(async (_b, _s, _signal, { onExpected } = {}) => {
    // As `InterpreterFinder.find`: the first environment is refused, the second one is taken.
    await onExpected?.(one);
    await onExpected?.(other);
    return found;
  });
  const signal = new AbortController().signal;
  await made.toServe(discovered(), { signal, onPhase: () => undefined });
  expect(started.map(({ python, cancel }) => [python, cancel.aborted])).toEqual([
    [one.path, true],
    [other.path, false],
  ]);
});

it('starts nothing for a serve that was cancelled meanwhile', async () => {
  const loaded = Promise.withResolvers<undefined>();
  const { started, made } = setUp(async (_b, _s, signal, { onExpected } = {}) => {
    await onExpected?.(other);
    signal.throwIfAborted();
    return found;
  }, loaded.promise);
  const cancel = new AbortController();
  const serve = made.toServe(discovered(), { signal: cancel.signal, onPhase: () => undefined });
  await settle();
  // Stop All, or Cancel, while the serving code is being loaded.
  cancel.abort();
  loaded.resolve(undefined);
  await expect(serve).rejects.toThrow();
  expect(started.filter(({ python }) => python === other.path)).toEqual([]);
});

it('starts nothing if the password of a key has to be asked for first', async () => {
  const requests: BaseRequest[] = [];
  const bento = discovered();
  const tls = { ...defaultSettings.http.tls, certFile: '/c.pem', keyFile: '/encrypted.key' };
  const own = { ...defaultSettings, http: { ...defaultSettings.http, tls } };
  const pool = {
    startAhead: (request: BaseRequest) => Promise.resolve(void requests.push(request)),
  };
  await startAhead(
    { sources: sourcesOf(bento, own), platform: 'linux', helpers: () => Promise.resolve(pool) },
    { bento, settings: own, settingsFiles: {}, fileVariables: {} } as never,
    other,
    new AbortController().signal,
  );
  expect(requests).toEqual([]);
});

it('starts ahead with the environment that the serve has, or ends it', async () => {
  const ahead: { readonly env: object; readonly cancel: AbortSignal }[] = [];
  class Pool {
    readonly waiting = 0;
    endIdle = () => Promise.resolve();
    endIdleOf = () => Promise.resolve();
    close = () => Promise.resolve();
    startAhead = ({ env }: BaseRequest, cancel: AbortSignal) =>
      Promise.resolve(void ahead.push({ env, cancel }));
  }
  const sources = sourcesOf(discovered(), defaultSettings, {
    findInterpreter: async (_b, _s, _signal, { onExpected } = {}) => {
      await onExpected?.(other);
      return found;
    },
  });
  const { registry, served } = fakeServing(sources, {}, { HelperPool: Pool });
  // "Enter a value for this serve" of a missing variable.
  void registry.serve(discovered().id, { once: { env: { TOKEN: 'x' } } });
  await settle();
  const living = ahead.filter(({ cancel }) => !cancel.aborted).map(({ env }) => env);
  expect(served[0]?.request.env).toEqual({ TOKEN: 'x' });
  expect(living.filter((env) => !('TOKEN' in env))).toEqual([]);
});
