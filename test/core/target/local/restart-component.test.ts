import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/events';
import type { ComponentState } from '../../../../src/core/model';
import { restartComponent } from '../../../../src/core/target/local/restart-component';
import type { ServedComponent } from '../../../../src/core/target/local/served-components';
import { settle } from '../../../support/settle';

/** A runner, and two components that depend on it. */
function serving(
  options: { canRenew?: boolean; states?: Readonly<Record<string, ComponentState>> } = {},
) {
  const { canRenew = false, states = {} } = options;
  const changed = new Emitter<void>();
  const done: string[] = [];
  const cancel = new AbortController();
  const deadline = new AbortController();
  const now: Record<string, ComponentState> = {
    ...{ 'runner:m': 'ready', http: 'ready', grpc: 'ready' },
    ...states,
  };
  const component = (id: string, dependsOn: readonly string[]): ServedComponent =>
    ({
      component: { planned: { id, dependsOn } },
      supervisor: {
        get state() {
          return now[id];
        },
        problem: undefined,
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
  ];
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
      return Promise.resolve({ oldEnded: oldEnded.promise.then(() => undefined) });
    },
  };
  const certificates = {
    restarted: (id: string) => {
      done.push(`certificates of ${id}`);
      return Promise.resolve();
    },
  };
  const become = async (id: string, state: ComponentState): Promise<void> => {
    now[id] = state;
    changed.fire();
    await settle();
  };
  const restarting = restartComponent(
    { components, certificates, withinStartTimeout: (work) => work(deadline.signal) },
    'runner:m',
    cancel.signal,
  ).then(
    () => done.push('done'),
    (error: unknown) => done.push(String((error as { code?: unknown }).code)),
  );
  return { done, become, cancel, deadline, oldEnded, restarting };
}

describe('a restart', () => {
  it('replaces workers beside those that serve, and is over when the old ones have ended', async () => {
    const { done, oldEnded } = serving({ canRenew: true });
    await settle();
    expect(done).toEqual(['renew runner:m', 'certificates of runner:m']);
    oldEnded.resolve(undefined);
    await settle();
    expect(done.slice(2)).toEqual(['done']);
  });

  it('is over when it is ready again, and so are the ready ones that depend on it', async () => {
    const { done, become } = serving({ states: { grpc: 'stopped' } });
    await become('http', 'unhealthy');
    expect(done).toEqual(['restart runner:m']);
    await become('runner:m', 'ready');
    expect(done.slice(1)).toEqual(['certificates of runner:m']);
    await become('http', 'ready');
    expect(done.slice(2)).toEqual(['done']);
  });

  it('has succeeded when one that depends on it fails, or does not recover in time', async () => {
    const { done, become, deadline } = serving();
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
    await after.become('http', 'unhealthy');
    await after.become('runner:m', 'ready');
    after.cancel.abort();
    after.deadline.abort();
    await after.restarting;
    expect(after.done.slice(2)).toEqual(['cancelled']);
  });
});
