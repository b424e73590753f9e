import { describe, expect, it } from 'vitest';
import type { LogFolder } from '../../../src/core/logs/log-folder';
import { cancelled, ServeError } from '../../../src/core/problem';
import { ChosenTargets } from '../../../src/core/registry/chosen-targets';
import { UsedEngines } from '../../../src/core/registry/used-engines';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { discovered } from '../../support/bentos';
import { applied } from '../../support/fake-applied';
import { FakeEngine, fakeLog } from '../../support/fake-engine';
import { fakeServing, type FakeServing } from '../../support/fake-serving';
import { settle } from '../../support/settle';
import { sourcesOf } from '../../support/sources-of';
import { outcome } from '../../support/outcome';

const { id } = discovered();
const down = new ServeError({ code: 'engine-unreachable', message: 'The engine is not running.' });

/** A workspace that windows remember their choices in. */
class Workspace {
  readonly #values = new Map<string, unknown>();
  readonly get = (key: string): unknown => this.#values.get(key);
  readonly update = (key: string, value: unknown): Promise<void> =>
    Promise.resolve(void this.#values.set(key, JSON.parse(JSON.stringify(value))));
}

/** A window with a bento, which remembers its targets, and an engine that outlives it. */
class World {
  readonly serving: FakeServing;
  readonly engine: FakeEngine;
  readonly workspace: Workspace;

  constructor(engine = new FakeEngine(), workspace = new Workspace()) {
    this.engine = engine;
    this.workspace = workspace;
    const targets = new ChosenTargets(workspace);
    const sources = sourcesOf(discovered(), defaultSettings, {
      settingsFor: () => ({ ...defaultSettings, target: targets.of(id).kind ?? 'local' }),
      targetChoice: () => targets.of(id),
      chooseTarget: (_, choice) => targets.choose(id, choice),
      settleTarget: (_, isKept) => targets.settle(id, isKept),
      usedEngines: new UsedEngines(workspace),
    });
    const logs = { open: () => fakeLog() } as unknown as LogFolder;
    this.serving = fakeServing(
      sources,
      { loadLogFolder: () => Promise.resolve(logs) },
      engine.serving,
    );
  }

  get registry(): FakeServing['registry'] {
    return this.serving.registry;
  }

  get state(): string {
    const { state = 'not listed', engine } = this.registry.bento(id) ?? {};
    return engine === undefined ? state : `${state} on ${engine.kind}`;
  }

  get warnings(): readonly string[] {
    return this.registry.warnings(id).map(({ kind }) => kind);
  }

  async servedOnCompose(): Promise<this> {
    this.registry.chooseTarget(id, 'compose');
    const serving = this.registry.serve(id);
    await settle();
    this.engine.ready();
    await serving;
    return this;
  }

  async servedHere(): Promise<void> {
    this.registry.chooseTarget(id, 'local');
    const serving = this.registry.serve(id);
    await settle();
    this.serving.served.at(-1)?.ready();
    await serving;
    await settle();
  }

  /** The window closes, and another one opens. */
  async reopened(): Promise<World> {
    await this.registry.leave();
    this.registry.dispose();
    const next = new World(this.engine, this.workspace);
    await settle();
    return next;
  }
}

describe('a target is remembered', () => {
  it('only when the questions that it asks are answered', async () => {
    const world = new World();
    world.engine.asking = () => Promise.reject(cancelled());
    world.registry.chooseTarget(id, 'compose');
    expect(world.registry.target(id)).toBe('compose');
    expect(await outcome(world.registry.serve(id))).toBe('cancelled');
    expect(world.registry.target(id)).toBe('local');
    expect(world.workspace.get('targets')).toBeUndefined();
  });

  it('when its engine does not answer: the person has chosen it', async () => {
    const world = new World();
    world.engine.asking = () => Promise.reject(down);
    world.registry.chooseTarget(id, 'compose');
    expect(await outcome(world.registry.serve(id))).toBe('engine-unreachable');
    expect(world.registry.target(id)).toBe('compose');
    expect((await world.reopened()).registry.target(id)).toBe('compose');
  });

  it('when it is this machine again', async () => {
    const world = await new World().servedOnCompose();
    await world.registry.stop(id);
    await world.servedHere();
    expect((await world.reopened()).registry.target(id)).toBe('local');
  });

  it('as the newer one, if it is chosen while the questions of the older one are open', async () => {
    const world = new World();
    world.engine.asking = () => new Promise(() => undefined);
    world.registry.chooseTarget(id, 'compose');
    const first = outcome(world.registry.serve(id));
    await settle();
    world.registry.chooseTarget(id, 'local');
    const second = world.registry.restart(id);
    await settle();
    world.serving.served.at(-1)?.ready();
    await second;
    expect(await first).toBe('done');
    expect(world.registry.target(id)).toBe('local');
  });
});

describe('a switch to this machine while the engine is down', () => {
  /** It runs on Docker Compose, whose engine is down when the next window opens, and is served on this machine. */
  async function switched(): Promise<World> {
    const world = await (await new World().servedOnCompose()).reopened();
    await world.registry.leave();
    world.engine.look = () => Promise.reject(down);
    const next = await world.reopened();
    expect(next.registry.bento(id)?.problem?.message).toMatch(/^The state has been unknown since/);
    await next.servedHere();
    return next;
  }

  it('says where containers may still run, and how to stop them', async () => {
    const world = await switched();
    expect(world.state).toBe('ready');
    expect(world.warnings).toEqual(['leftoverDeployment']);
    expect(world.serving.told).toEqual([
      'Search may still run on Docker Compose (project p), because the engine does not answer. Serve Bento checks again until it does. To stop the containers then, run: docker compose --project-name p down',
    ]);
  });

  it('finds them when the engine is back, and shows them when the bento is stopped here', async () => {
    const world = await switched();
    world.engine.look = () => Promise.resolve();
    await world.serving.clock.pass(10_000);
    expect(world.serving.told.at(-1)).toMatch(/^Search also runs on Docker Compose \(project p\)/);
    expect(world.warnings).toEqual(['leftoverDeployment']);
    await world.registry.stop(id);
    await settle();
    expect(world.state).toBe('ready on compose');
    expect(world.warnings).toEqual([]);
    await world.registry.stop(id);
    await settle();
    expect(world.state).toBe('stopped');
    expect(world.engine.running).toBeUndefined();
    expect((await world.reopened()).state).toBe('stopped');
  });

  it('keeps the last known state while the engine does not respond at all', async () => {
    const world = await switched();
    world.engine.look = () => new Promise(() => undefined);
    await world.serving.clock.pass(60_000);
    expect(world.warnings).toEqual(['leftoverDeployment']);
    expect(world.serving.told).toHaveLength(1);
    world.engine.look = () => Promise.resolve();
    await world.serving.clock.pass(120_000);
    expect(world.serving.told).toHaveLength(2);
  });

  it('no longer reports them when somebody else has removed them', async () => {
    const world = await switched();
    world.engine.look = () => Promise.resolve();
    world.engine.running = undefined;
    await world.serving.clock.pass(10_000);
    expect(world.warnings).toEqual([]);
    expect(world.serving.told).toHaveLength(1);
    expect(world.serving.clock.waiting).toBe(0);
  });

  it('is found by the next window, too', async () => {
    const world = await (await switched()).reopened();
    world.engine.look = () => Promise.resolve();
    await world.serving.clock.pass(5_000);
    expect(world.state).toBe('ready on compose');
  });

  it('is over when Docker Compose is chosen again', async () => {
    const world = await switched();
    world.engine.look = () => Promise.resolve();
    world.registry.chooseTarget(id, 'compose');
    const moved = world.registry.restart(id);
    await settle();
    world.engine.ready([applied()]);
    await moved;
    await settle();
    expect(world.state).toBe('ready on compose');
    expect(world.warnings).toEqual([]);
    const looks = world.engine.calls.length;
    await world.serving.clock.pass(120_000);
    expect(world.engine.calls).toHaveLength(looks);
  });
});
