import { describe, expect, it } from 'vitest';
import { PlanCache } from '../../../../../src/core/plan/plan-cache';
import type { Plan } from '../../../../../src/core/plan/plan';
import { planRequest } from '../../../../../src/core/plan/plan-request';
import { problemOf, ServeError } from '../../../../../src/core/problem';
import { planOnly } from '../../../../../src/core/target/local/prepare/prepared-serve';
import type { ServeContext, ServeRequest } from '../../../../../src/core/target/serve-request';
import type { ServeRuntime } from '../../../../../src/core/target/local/serve-runtime';
import { defaultSettings } from '../../../../../src/core/settings/default-settings';
import { discovered } from '../../../../support/bentos';
import { ManualClock } from '../../../../support/manual-clock';
import { quietLog } from '../../../../support/quiet-log';

const plan = { components: [], workingDir: '/work', sources: [] } as unknown as Plan;
const interpreter = {
  ...{ path: '/work/.venv/bin/python', version: '3.12.1', origin: 'the test' },
  bentomlVersion: '1.4.38',
};

interface Given {
  readonly settings?: ServeRequest['settings'];
  readonly bentomlVersion?: string;
  /** How the helper is had. */
  readonly acquire?: (cancel: AbortController) => Promise<void>;
}

async function ask({ settings = defaultSettings, bentomlVersion = '1.4.38', acquire }: Given) {
  const bento = discovered();
  const calls: string[] = [];
  const python = { ...interpreter, bentomlVersion };
  const planCache = new PlanCache();
  await planCache.planFor([python, {}, planRequest(settings, bento)], () => Promise.resolve(plan));
  const cancel = new AbortController();
  const helpers = {
    acquire: async () => {
      calls.push('acquire');
      await acquire?.(cancel);
      return { helper: {}, directory: '/run' } as unknown as ServeRuntime;
    },
    release: () => Promise.resolve(void calls.push('release')),
  };
  const context = {
    ...{ clock: new ManualClock(), log: quietLog(), platform: 'linux', planCache },
    forwardedHosts: () => Promise.resolve([]),
  } as unknown as ServeContext;
  const request = {
    ...{ bento, settings, interpreter: python, env: {}, fileVariables: {}, tls: {} },
    onPhase: () => undefined,
  } as unknown as ServeRequest;
  const outcome = await planOnly(context, helpers, request, cancel.signal).then(
    (found) => (found === plan ? 'the plan' : 'another plan'),
    (error: unknown) => problemOf(error).code,
  );
  return [...calls, outcome].join(', ');
}

describe('a plan without a serve', () => {
  it.each<[string, Given, string]>([
    ['is had, and the helper is released', {}, 'acquire, release, the plan'],
    [
      'that BentoML cannot make releases the helper',
      {
        settings: { ...defaultSettings, http: { ...defaultSettings.http, keepAliveTimeout: 5 } },
        bentomlVersion: '1.1.0',
      },
      'acquire, release, settings',
    ],
    [
      'that is cancelled while a helper starts releases it',
      { acquire: (cancel) => Promise.resolve(cancel.abort()) },
      'acquire, release, cancelled',
    ],
    [
      'that has no helper has nothing to release',
      {
        acquire: () => Promise.reject(new ServeError({ code: 'no-python', message: 'No Python.' })),
      },
      'acquire, no-python',
    ],
    [
      'that is cancelled before there is a helper has nothing to release',
      {
        acquire: (cancel) => {
          cancel.abort();
          return Promise.reject(new Error('the start was aborted'));
        },
      },
      'acquire, cancelled',
    ],
  ])('%s', async (_, given, expected) => {
    expect(await ask(given)).toBe(expected);
  });
});
