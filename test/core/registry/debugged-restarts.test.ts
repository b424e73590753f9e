import { describe, expect, it } from 'vitest';
import { BentoDebugger } from '../../../src/core/debug/bento-debugger';
import type { DebugChoice } from '../../../src/core/debug/debug-choice';
import { discovered } from '../../support/bentos';
import { FakeProcessHost } from '../../support/fake-process-host';
import { ManualClock } from '../../support/manual-clock';
import { quietLog } from '../../support/quiet-log';
import { ServeWorld } from '../../support/serve-world';

const { id } = discovered();
const options = { debugpy: '/storage/debugpy', subProcess: true };
const embedder = 'service:Embedder';

/** A bento that is served, and what a restart of it would debug. */
async function served(debug?: DebugChoice) {
  const world = new ServeWorld();
  const { registry } = world.serving;
  void registry.serve(id, debug === undefined ? {} : { once: { debug } });
  await world.finish();
  const own = new BentoDebugger({
    ...{ host: new FakeProcessHost(), python: 'python', scripts: '/s', sockets: '/r', env: {} },
    ...{ clock: new ManualClock(), log: quietLog() },
  });
  world.newest.debugger = own;
  if (debug !== undefined) for (const one of ['http', embedder]) own.enable(one, options);
  const restarted = async (): Promise<DebugChoice | undefined> => {
    world.restart();
    await world.finish();
    return world.newest.request.debug;
  };
  return { registry, world, own, restarted };
}

describe('a restart of a bento', () => {
  it('debugs what was attached while it ran, with as many workers as before', async () => {
    const { registry, restarted } = await served();
    await registry.attachDebugger(id, embedder, options);
    expect(await restarted()).toEqual({ ...options, workers: 'all', components: [embedder] });
  });

  it('debugs what it was started with and what was attached later', async () => {
    const { registry, own, restarted } = await served({ ...options, components: ['http'] });
    await own.detach(embedder);
    await registry.attachDebugger(id, embedder, options);
    expect(await restarted()).toEqual({ ...options, components: ['http', embedder] });
  });

  it('does not debug a component that was detached, whose worker would wait for an editor', async () => {
    const { registry, own, restarted } = await served(options);
    await registry.detachDebugger(id, embedder);
    expect(own.components).toEqual(['http']);
    expect(await restarted()).toEqual({ ...options, components: ['http'] });
  });

  it.each([
    ['all were detached', [undefined]],
    ['each was detached', ['http', embedder]],
  ])('debugs nothing after %s', async (_, detached) => {
    const { registry, restarted } = await served(options);
    for (const one of detached) await registry.detachDebugger(id, one);
    expect(await restarted()).toBeUndefined();
  });

  it('debugs nothing when the attach was detached before it was done', async () => {
    const { registry, restarted } = await served();
    const attached = registry.attachDebugger(id, embedder, options);
    await registry.detachDebugger(id);
    await attached;
    expect(await restarted()).toBeUndefined();
  });
});
