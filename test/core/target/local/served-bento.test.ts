import { describe, expect, it } from 'vitest';
import { PlanCache } from '../../../../src/core/plan/plan-cache';
import type { HelperPool } from '../../../../src/core/target/local/fork-server/helper-pool';
import { ServedBento } from '../../../../src/core/target/local/served-bento';
import type { ServeContext, ServeRequest } from '../../../../src/core/target/serve-request';
import type { ServeRuntime } from '../../../../src/core/target/local/serve-runtime';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import { discovered } from '../../../support/bentos';
import { FakeProcessHost } from '../../../support/fake-process-host';
import { ManualClock } from '../../../support/manual-clock';
import { quietLog } from '../../../support/quiet-log';
import { settle } from '../../../support/settle';

/** A bento whose helper comes when the test says so. */
function setUp() {
  const helper = new FakeProcessHost();
  const base = { helper, directory: '/run' } as unknown as ServeRuntime;
  const acquired = Promise.withResolvers<ServeRuntime>();
  const calls: string[] = [];
  const helpers = {
    acquire: () => acquired.promise,
    release: () => Promise.resolve(void calls.push('release')),
  } as unknown as HelperPool;
  const context = {
    ...{ clock: new ManualClock(), log: quietLog(), platform: 'linux', planCache: new PlanCache() },
    forwardedHosts: () => Promise.resolve([]),
  } as unknown as ServeContext;
  const interpreter = { path: '/python', version: '3.12.1', bentomlVersion: '1.4.38' };
  const request = {
    ...{ bento: discovered(), settings: defaultSettings, interpreter, env: {}, tls: {} },
    onPhase: () => undefined,
  } as unknown as ServeRequest;
  const served = new ServedBento(context, helpers, request);
  return { served, calls, come: () => acquired.resolve(base), fail: acquired.reject };
}

const never = new AbortController().signal;

describe('a stop while the helper is being had', () => {
  it('waits for it, and releases it', async () => {
    const { served, calls, come } = setUp();
    const started = served.start(never).catch(() => calls.push('not started'));
    const stopped = served.stop().then(() => calls.push('stopped'));
    await settle();
    expect(calls).toEqual([]);
    come();
    await Promise.all([started, stopped]);
    expect([...calls].sort()).toEqual(['not started', 'release', 'stopped']);
    expect(calls[0]).toBe('release');
  });

  it('releases it where it came at the same time', async () => {
    const { served, calls, come } = setUp();
    const started = served.start(never).catch(() => undefined);
    come();
    await Promise.resolve();
    await served.stop();
    await started;
    expect(calls).toEqual(['release']);
  });

  it('has nothing to release where none comes', async () => {
    const { served, calls, fail } = setUp();
    const started = served.start(never).catch(() => undefined);
    const stopped = served.stop();
    fail(new Error('no Python'));
    await Promise.all([started, stopped]);
    expect(calls).toEqual([]);
  });
});
