import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/core/events';
import type { LogFolder } from '../../../src/core/logs/log-folder';
import { problemOf, ServeError } from '../../../src/core/problem';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { TargetKind } from '../../../src/core/target-kinds';
import { untilAborted } from '../../../src/core/until-aborted';
import { discovered } from '../../support/bentos';
import { applied } from '../../support/fake-applied';
import { FakeEngine, fakeLog } from '../../support/fake-engine';
import { fakeServing, type FakeServing } from '../../support/fake-serving';
import { settle } from '../../support/settle';
import { sourcesOf } from '../../support/sources-of';
import { outcome } from '../../support/outcome';

const { id } = discovered();

/** A window with a bento, and an engine that outlives it. */
class World {
  readonly engine: FakeEngine;
  readonly serving: FakeServing;
  readonly #found = new Emitter<void>();
  target: TargetKind = 'compose';
  bentos = [discovered()];
  hasFolder = true;
  isTrusted = true;

  constructor(engine = new FakeEngine(), isTrusted = true) {
    this.engine = engine;
    this.isTrusted = isTrusted;
    const sources = sourcesOf(discovered(), defaultSettings, {
      hasFolder: () => this.hasFolder,
      discovered: () => this.bentos,
      onDidDiscover: this.#found.event,
      settingsFor: () => ({ ...defaultSettings, target: this.target }),
      chooseTarget: (_, { kind }) => (this.target = kind ?? 'local'),
    });
    const logs = { open: () => fakeLog() } as unknown as LogFolder;
    this.serving = fakeServing(
      sources,
      {
        loadLogFolder: () => Promise.resolve(logs),
        assertTrusted: () => {
          if (this.isTrusted) return;
          throw new ServeError({ code: 'untrusted', message: 'The folder is not trusted.' });
        },
      },
      engine.serving,
    );
  }

  get registry(): FakeServing['registry'] {
    return this.serving.registry;
  }

  /** Its state, and where it is served. */
  get state(): string {
    const { state = 'not listed', engine } = this.registry.bento(id) ?? {};
    return engine === undefined ? state : `${state} on ${engine.kind}`;
  }

  discover(): void {
    this.#found.fire();
  }

  async served(): Promise<this> {
    const serving = this.registry.serve(id);
    await settle();
    this.engine.ready();
    await serving;
    return this;
  }
}

describe('serving on an engine', () => {
  it('shows the start, the bento and the stop', async () => {
    const world = new World();
    const serving = world.registry.serve(id);
    await settle();
    expect(world.state).toBe('starting on compose');
    world.engine.ready();
    await serving;
    expect(world.state).toBe('ready on compose');
    await world.registry.stop(id);
    expect(world.state).toBe('stopped');
    expect(world.engine.running).toBeUndefined();
  });

  it('has actions on its workers only while it is served there', async () => {
    const world = new World();
    const { registry } = world;
    const { signal } = new AbortController();
    expect(() => registry.onEngine(id)).toThrow(
      'Search is not running in containers or a cluster.',
    );
    expect(await outcome(registry.compare(id))).toBe('not-found');
    await world.served();
    const [worker] = registry.bento(id)?.components.flatMap(({ workers = [] }) => workers) ?? [];
    const actions = registry.onEngine(id);
    expect(await actions.describe('http', worker?.name, signal)).toBe(`http ${worker?.name}`);
    await registry.stop(id);
    expect(() => registry.onEngine(id)).toThrow(
      'Search is not running in containers or a cluster.',
    );
  });

  it.each(['stop', 'stopAll', 'leave', 'cancel'] as const)(
    'is ended by %s while it is applied: nothing is left, and it can be served again',
    async (end) => {
      const world = new World();
      const cancel = new AbortController();
      const serving = outcome(world.registry.serve(id, { signal: cancel.signal }));
      await settle();
      if (end === 'cancel') cancel.abort();
      else await world.registry[end](id);
      expect(await serving).toBe('cancelled');
      await settle();
      expect(world.engine.running).toBeUndefined();
      expect(world.state).toBe('stopped');
      await world.served();
      expect(world.state).toBe('ready on compose');
    },
  );

  it('that fails shows why, and what was there before is found again', async () => {
    const world = new World();
    const fail = async (): Promise<string> => {
      const serving = outcome(world.registry.serve(id));
      await settle();
      world.engine.fail(new ServeError({ code: 'image-unavailable', message: 'No such image.' }));
      return serving;
    };
    await settle();
    expect(await fail()).toBe('image-unavailable');
    await settle();
    expect(world.state).toBe('failed');
    expect(world.registry.bento(id)?.problem?.code).toBe('image-unavailable');
    // Another window has served it meanwhile.
    world.engine.running = [applied()];
    expect(await fail()).toBe('image-unavailable');
    await settle();
    expect(world.state).toBe('ready on compose');
  });

  it('that the engine does not stop is still shown, and stopped by the second try', async () => {
    const world = await new World().served();
    const { newest } = world.engine;
    const { answer } = newest;
    newest.answer = () =>
      Promise.reject(new ServeError({ code: 'engine-unreachable', message: 'It is silent.' }));
    expect(await outcome(world.registry.stop(id))).toBe('engine-unreachable');
    expect(world.state).toBe('ready on compose');
    expect(await outcome(world.registry.stopAll())).toBe('engine-unreachable');
    newest.answer = answer;
    await world.registry.stop(id);
    expect(world.state).toBe('stopped');
  });

  it('is restarted, moved to this machine, and moved back', async () => {
    const world = await new World().served();
    const restarted = world.registry.restart(id);
    await settle();
    world.engine.ready();
    await restarted;
    expect(world.engine.calls.filter((call) => call !== 'look')).toEqual([
      'apply',
      'stop',
      'apply',
    ]);
    world.registry.chooseTarget(id, 'local');
    await settle();
    expect(world.registry.drift(id)).toBe('settings');
    const moved = world.registry.restart(id);
    await settle();
    world.serving.served.at(-1)?.ready();
    await moved;
    expect(world.state).toBe('ready');
    expect(world.engine.running).toBeUndefined();
  });

  it('cannot be debugged without a component, and is not served without the debugger', async () => {
    const world = new World();
    const debug = { debugpy: '/env/lib', subProcess: true };
    const refused = await world.registry.serve(id, { once: { debug } }).catch(problemOf);
    expect(refused).toMatchObject({ code: 'debugger' });
    expect(world.engine.calls).not.toContain('apply');
  });

  it('has no processes of this machine, and can be debugged', async () => {
    const world = new World();
    await world.served();
    expect(world.registry.details(id, 'http')).toMatchObject({
      output: expect.anything() as unknown,
    });
    expect(world.registry.details(id, 'http')?.notDebuggable).toBeUndefined();
    expect(() => world.registry.workers(id, undefined, 'profile')).toThrow(/containers/);
    expect(await outcome(world.registry.stopComponent(id, 'http'))).toBe('engine-failed');
    expect(world.state).toBe('ready on compose');
  });

  it('is not restarted without a request when its build file names another service', async () => {
    const world = await new World().served();
    world.bentos = [discovered({ reference: 'other:Search' })];
    world.discover();
    await settle();
    expect(world.engine.calls).not.toContain('stop');
    expect(world.registry.drift(id)).toBe('settings');
  });
});

describe('a window that closes', () => {
  it('leaves what an engine runs, and the next window finds it', async () => {
    const world = await new World().served();
    await world.registry.leave();
    expect(world.state).toBe('stopped');
    expect(world.engine.newest.isDisposed).toBe(true);
    const next = new World(world.engine);
    await settle();
    expect(next.state).toBe('ready on compose');
    await next.registry.stop(id);
    expect(world.engine.running).toBeUndefined();
  });

  it('during a restart does not serve it again', async () => {
    const world = await new World().served();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { answer } = world.engine.newest;
    world.engine.newest.answer = async (call, signal) => {
      await promise;
      await answer(call, signal);
    };
    const restarted = outcome(world.registry.restart(id));
    await settle();
    const left = world.registry.leave();
    resolve(undefined);
    await left;
    expect(await restarted).toBe('cancelled');
    expect(world.engine.calls.filter((call) => call === 'apply')).toHaveLength(1);
  });

  it('during the check before a restart leaves it running', async () => {
    const world = await new World().served();
    world.engine.preparing = (signal) => untilAborted(signal, new Promise(() => undefined));
    const restarted = outcome(world.registry.restart(id));
    await settle();
    await world.registry.leave();
    expect(await restarted).toBe('cancelled');
    expect(world.engine.running).toBeDefined();
    expect(world.engine.calls).not.toContain('stop');
  });
});

describe('a bento that runs on its engine', () => {
  const running = (): FakeEngine => {
    const engine = new FakeEngine();
    engine.running = [applied()];
    return engine;
  };

  it('is found once', async () => {
    const world = new World(running());
    await settle();
    expect(world.state).toBe('ready on compose');
    world.discover();
    world.discover();
    await world.registry.refresh();
    await settle();
    expect(world.engine.applied).toHaveLength(1);
    expect(world.engine.calls).toEqual(['look']);
  });

  it('is found by two refreshes at a time, and watched once', async () => {
    const engine = new FakeEngine();
    const world = new World(engine);
    await settle();
    engine.running = [applied()];
    await Promise.all([world.registry.refresh(), world.registry.refresh()]);
    await settle();
    expect(engine.applied.filter(({ isDisposed }) => !isDisposed)).toHaveLength(1);
  });

  it('is left alone if it is served while it is looked for', async () => {
    const engine = running();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    engine.look = () => promise;
    const world = new World(engine);
    await settle();
    const serving = world.registry.serve(id);
    await settle();
    resolve(undefined);
    await settle();
    engine.ready();
    await serving;
    expect(engine.applied.filter(({ isDisposed }) => !isDisposed)).toHaveLength(1);
  });

  it('is given up after 30 s if the engine is silent, even if it ignores the limit', async () => {
    const engine = running();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    engine.look = () => promise;
    const world = new World(engine);
    await settle();
    await world.serving.clock.pass(30_000);
    expect(world.state).toBe('stopped');
    expect(world.serving.clock.waiting).toBe(0);
    // The late answer is watched by nobody.
    resolve(undefined);
    await settle();
    expect(world.state).toBe('stopped');
    expect(engine.applied.every(({ isDisposed }) => isDisposed)).toBe(true);
    await world.registry.refresh();
    await settle();
    expect(world.state).toBe('ready on compose');
  });

  it('is not watched by a window that lost its folder, and found when the folder is back', async () => {
    const engine = running();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    engine.look = () => promise;
    const world = new World(engine);
    await settle();
    const { bentos } = world;
    world.bentos = [];
    world.hasFolder = false;
    world.discover();
    resolve(undefined);
    await settle();
    expect(world.state).toBe('not listed');
    expect(engine.applied.every(({ isDisposed }) => isDisposed)).toBe(true);
    world.bentos = bentos;
    world.hasFolder = true;
    world.discover();
    await settle();
    expect(world.state).toBe('ready on compose');
  });

  it('is not looked for if it would be served on this machine', async () => {
    const engine = running();
    const world = new World(engine);
    world.target = 'local';
    await settle();
    world.discover();
    await settle();
    expect(engine.calls).toEqual([]);
    expect(world.state).toBe('stopped');
  });

  it('is said to have other settings when another target is chosen', async () => {
    const world = new World(running());
    await settle();
    expect(world.registry.drift(id)).toBeUndefined();
    world.registry.chooseTarget(id, 'local');
    await settle();
    expect(world.registry.drift(id)).toBe('settings');
    world.registry.chooseTarget(id, 'compose');
    await settle();
    expect(world.registry.drift(id)).toBeUndefined();
  });
});

describe('a workspace that is not trusted', () => {
  it('does not look for bentos on its engine, and serves none', async () => {
    const engine = new FakeEngine();
    engine.running = [applied()];
    const world = new World(engine, false);
    await settle();
    world.discover();
    await world.registry.refresh();
    await world.serving.clock.pass(60_000);
    await world.registry.onFocus();
    await settle();
    expect(engine.calls).toEqual([]);
    expect(world.state).toBe('stopped');
    expect(await outcome(world.registry.serve(id))).toBe('untrusted');
    await settle();
    expect(engine.calls).toEqual([]);
  });

  it('finds them as soon as it is trusted', async () => {
    const engine = new FakeEngine();
    engine.running = [applied()];
    const world = new World(engine, false);
    await settle();
    world.isTrusted = true;
    world.discover();
    await settle();
    expect(world.state).toBe('ready on compose');
  });
});
