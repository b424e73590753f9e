import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/events';
import type { ComponentState, Problem } from '../../../../src/core/model';
import { restartComponent } from '../../../../src/core/target/local/restart-component';
import type { ServedComponent } from '../../../../src/core/target/local/served-components';
import { settle } from '../../../support/settle';

interface Options {
  readonly canRenew?: boolean;
  readonly states?: Readonly<Record<string, ComponentState>>;
  /** Default: yes. */
  readonly hasCertificates?: boolean;
  /** Why the components fail. */
  readonly problem?: Problem;
}

/** A runner, two components that depend on it, and one that does not. */
function serving(options: Options = {}) {
  const { canRenew = false, states = {}, hasCertificates = true, problem } = options;
  const changed = new Emitter<void>();
  const done: string[] = [];
  const cancel = new AbortController();
  const deadline = new AbortController();
  const now: Record<string, ComponentState> = {
    ...{ 'runner:m': 'ready', http: 'ready', grpc: 'ready', other: 'ready' },
    ...states,
  };
  const component = (id: string, dependsOn: readonly string[]): ServedComponent =>
    ({
      component: { planned: { id, dependsOn } },
      supervisor: {
        get state() {
          return now[id];
        },
        problem,
        onDidChange: changed.event,
        restart: () => {
          done.push(`restart ${id}`);
          now[id] = 'starting';
          changed.fire();
        },
      },
    }) as unknown as ServedComponent;
  const all = [
    component('runner:m', []),
    component('http', ['runner:m']),
    component('grpc', ['runner:m']),
    component('other', []),
  ];
  const renewed = Promise.withResolvers<undefined>();
  const checked = Promise.withResolvers<undefined>();
  const oldEnded = Promise.withResolvers<undefined>();
  const components = {
    all,
    get: (id: string) => {
      const one = all.find(({ component: { planned } }) => planned.id === id);
      if (one === undefined) throw new Error(id);
      return one;
    },
    canRenew: () => canRenew,
    renew: (ids: readonly string[]) => {
      done.push(`renew ${ids.join()}`);
      return renewed.promise.then(() => ({
        oldEnded: oldEnded.promise.then(() => undefined),
      }));
    },
  };
  const certificates = {
    restarted: (id: string) => {
      done.push(`certificates of ${id}`);
      return checked.promise.then(() => undefined);
    },
  };
  const become = async (id: string, state: ComponentState): Promise<void> => {
    now[id] = state;
    changed.fire();
    await settle();
  };
  const restarting = restartComponent(
    {
      components,
      certificates: hasCertificates ? certificates : undefined,
      withinStartTimeout: (work) => work(deadline.signal),
    },
    'runner:m',
    cancel.signal,
  ).then(
    () => done.push('done'),
    (error: unknown) => done.push(String((error as { code?: unknown }).code)),
  );
  renewed.resolve(undefined);
  const check = async (): Promise<void> => {
    checked.resolve(undefined);
    await settle();
  };
  return { done, become, cancel, deadline, oldEnded, restarting, check };
}

describe('a restart beside the workers that serve', () => {
  it('is over when the old ones have ended', async () => {
    const { done, oldEnded, check } = serving({ canRenew: true });
    await settle();
    await check();
    expect(done).toEqual(['renew runner:m', 'certificates of runner:m']);
    oldEnded.resolve(undefined);
    await settle();
    expect(done.slice(2)).toEqual(['done']);
  });

  it('is over when the certificates are checked', async () => {
    const { done, oldEnded, check } = serving({ canRenew: true });
    oldEnded.resolve(undefined);
    await settle();
    expect(done.slice(2)).toEqual([]);
    await check();
    expect(done.slice(2)).toEqual(['done']);
  });

  it('needs no certificates', async () => {
    const { done, oldEnded } = serving({ canRenew: true, hasCertificates: false });
    oldEnded.resolve(undefined);
    await settle();
    expect(done).toEqual(['renew runner:m', 'done']);
  });
});

describe('a restart', () => {
  it('is over when it is ready again, and so are the ready ones that depend on it', async () => {
    const { done, become, check } = serving({ states: { grpc: 'starting' } });
    await check();
    await become('http', 'unhealthy');
    expect(done).toEqual(['restart runner:m']);
    await become('runner:m', 'ready');
    expect(done.slice(1)).toEqual(['certificates of runner:m']);
    await become('http', 'ready');
    expect(done.slice(2)).toEqual(['done']);
  });

  it('does not wait for components that do not depend on it', async () => {
    const { done, become, check } = serving();
    await check();
    await become('other', 'unhealthy');
    await become('runner:m', 'ready');
    expect(done).toEqual(['restart runner:m', 'certificates of runner:m', 'done']);
  });

  it('is over when the certificates are checked', async () => {
    const { done, become, check } = serving();
    await become('runner:m', 'ready');
    expect(done.slice(2)).toEqual([]);
    await check();
    expect(done.slice(2)).toEqual(['done']);
  });

  it('needs no certificates', async () => {
    const { done, become } = serving({ hasCertificates: false });
    await become('runner:m', 'ready');
    expect(done).toEqual(['restart runner:m', 'done']);
  });

  it('fails when the component fails, and does not check its certificates', async () => {
    const { done, become } = serving({ problem: { code: 'crashed', message: 'It ended.' } });
    await become('runner:m', 'failed');
    expect(done).toEqual(['restart runner:m', 'crashed']);
  });

  it('has succeeded when one that depends on it fails, or does not recover in time', async () => {
    const { done, become, deadline, check } = serving();
    await check();
    await become('http', 'unhealthy');
    await become('grpc', 'unhealthy');
    await become('runner:m', 'ready');
    await become('http', 'failed');
    expect(done.slice(2)).toEqual([]);
    deadline.abort();
    await settle();
    expect(done.slice(2)).toEqual(['done']);
  });

  it('is cancelled before it is ready, and after', async () => {
    const before = serving();
    before.cancel.abort();
    await before.restarting;
    expect(before.done).toEqual(['restart runner:m', 'cancelled']);
    const after = serving();
    await after.check();
    await after.become('http', 'unhealthy');
    await after.become('runner:m', 'ready');
    after.cancel.abort();
    after.deadline.abort();
    await after.restarting;
    expect(after.done.slice(2)).toEqual(['cancelled']);
  });
});
