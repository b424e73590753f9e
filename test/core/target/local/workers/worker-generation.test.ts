import { describe, expect, it } from 'vitest';
import {
  WorkerGeneration,
  type WorkerExit,
} from '../../../../../src/core/target/local/workers/worker-generation';
import {
  FakeProcessHost,
  HeldWire,
  type FakeHostOptions,
} from '../../../../support/fake-process-host';
import { settle } from '../../../../support/settle';
import { workerSpecs } from '../../../../support/worker-specs';

function setUp(options: FakeHostOptions = {}, arbiter = false) {
  const host = new FakeProcessHost(options);
  const specs = workerSpecs('http#1', 'http#2').map((spec) => ({ ...spec, arbiter }));
  const generation = new WorkerGeneration(host, 'http', arbiter ? specs.slice(0, 1) : specs);
  const events: string[] = [];
  generation.onStart(({ spec, pid }) => events.push(`${spec.process} started as ${pid}`));
  generation.onExit(({ process, status }: WorkerExit) =>
    events.push(`${process} ended with ${String(status.code ?? status.signal)}`),
  );
  generation.onReplace(({ process, pids }) =>
    events.push(`${process} lost ${pids.length === 0 ? 'none' : pids.join(', ')}`),
  );
  const counts = () => [generation.alive, generation.missing, generation.workersAlive];
  return { host, generation, events, counts };
}

type SetUp = ReturnType<typeof setUp>;

/** `[alive, missing, workersAlive]` of two workers after each step. */
describe('the workers of a generation', () => {
  const started = async ({ generation }: SetUp): Promise<void> => {
    await generation.start();
  };
  it.each<
    [
      string,
      (set: SetUp) => unknown,
      readonly [number, number, number],
      readonly (number | string)[],
    ]
  >([
    ['that were never started', () => undefined, [0, 2, 0], []],
    ['that were started', started, [2, 0, 2], ['/run/i/http#1', '/run/i/http#2']],
    [
      'of which one has ended',
      async (set) => {
        await started(set);
        set.host.exit('http#1');
      },
      [1, 1, 1],
      ['/run/i/http#2'],
    ],
    [
      'that were started twice',
      async (set) => {
        await started(set);
        await started(set);
      },
      [2, 0, 2],
      ['/run/i/http#1', '/run/i/http#2'],
    ],
    [
      'of which one was started again',
      async (set) => {
        await started(set);
        set.host.exit('http#1');
        await settle();
        await started(set);
      },
      [2, 0, 2],
      ['/run/i/http#1', '/run/i/http#2'],
    ],
    [
      'that were asked to end',
      async (set) => {
        await started(set);
        await set.generation.terminate();
      },
      [0, 2, 0],
      [],
    ],
    [
      'that were asked to hand over',
      async (set) => {
        await started(set);
        await set.generation.retire();
      },
      [0, 2, 0],
      [],
    ],
    [
      'that were killed',
      async (set) => {
        await started(set);
        expect(await set.generation.kill()).toBe(2);
      },
      [0, 2, 0],
      [],
    ],
    [
      'whose host has ended',
      async (set) => {
        await started(set);
        set.host.die();
      },
      [0, 2, 0],
      [],
    ],
  ])('%s', async (_, act, counts, imports) => {
    const set = setUp();
    await act(set);
    await settle();
    expect(set.counts()).toEqual(counts);
    expect(set.generation.imports).toEqual(imports);
    expect(set.generation.pids).toHaveLength(counts[0]);
  });

  it('are started once, however often that is asked for meanwhile', async () => {
    const { host, generation } = setUp();
    await Promise.all([generation.start(), generation.start()]);
    expect(host.requests).toEqual(['spawn http#1', 'spawn http#2']);
  });

  it('count as alive while they start, and none of them is missing', async () => {
    const wire = new HeldWire();
    const { generation, counts, events } = setUp({ wire });
    const starting = generation.start();
    await settle();
    expect(counts()).toEqual([2, 0, 0]);
    expect(generation.pids).toEqual([]);
    await wire.deliverAll();
    await starting;
    expect(counts()).toEqual([2, 0, 2]);
    expect(events).toEqual(['http#1 started as 1000', 'http#2 started as 1001']);
  });

  it.each(['terminate', 'retire'] as const)(
    'that wait for a debug adapter when they are asked to end (%s) are not started',
    async (ask) => {
      const host = new FakeProcessHost();
      const adapter = Promise.withResolvers<undefined>();
      let abandoned = 0;
      const prepare = async () => {
        await adapter.promise;
        const spec = { adapter: 'debugger#1', debugpy: '/', port: 1, token: '', wait: 60 };
        return {
          spec: { ...spec, subProcess: true },
          started: () => undefined,
          abandon: () => (abandoned += 1),
        };
      };
      const generation = new WorkerGeneration(host, 'http', workerSpecs('http#1'), prepare);
      const started = expect(generation.start()).rejects.toMatchObject({ code: 'cancelled' });
      await generation[ask]();
      adapter.resolve(undefined);
      await started;
      await generation.ended();
      expect([host.living, abandoned]).toEqual([[], 1]);
      await generation.start();
      expect(host.living).toEqual(['http#1']);
    },
  );

  it('include a process beside them, which is not debugged', async () => {
    const host = new FakeProcessHost();
    const [worker, metrics] = workerSpecs('grpc#1', 'grpc#metrics');
    if (worker === undefined || metrics === undefined) throw new Error('there are no specs');
    const specs = [{ ...metrics, auxiliary: true }, worker];
    const prepared: string[] = [];
    const generation = new WorkerGeneration(host, 'grpc', specs, (process) => {
      prepared.push(process);
      return Promise.resolve(undefined);
    });
    await generation.start();
    expect(host.living.toSorted()).toEqual(['grpc#1', 'grpc#metrics']);
    expect(generation.pids).toHaveLength(2);
    expect(prepared).toEqual(['grpc#1']);
    expect(generation.processes.map(({ process }) => process)).toEqual(['grpc#1']);
  });

  it('are told of in the order in which that happened', async () => {
    const { host, generation, events } = setUp();
    await generation.start();
    host.exit('http#2', { code: 3, signal: null });
    await settle();
    await generation.start();
    expect(events).toEqual([
      'http#1 started as 1000',
      'http#2 started as 1001',
      'http#2 ended with 3',
      'http#2 started as 1002',
    ]);
  });
});

describe('a start that the system refuses', () => {
  it('is told after all were tried, and what runs goes on', async () => {
    const { host, generation, counts } = setUp({
      program: ({ process }) => (process === 'http#1' ? { refused: 'EAGAIN' } : {}),
    });
    let started = 0;
    await expect(generation.start(() => (started += 1))).rejects.toMatchObject({
      name: 'ServeError',
    });
    expect([host.living, started, counts()]).toEqual([['http#2'], 1, [1, 1, 1]]);
  });

  it('can be tried again', async () => {
    let refuses = true;
    const { host, generation, counts } = setUp({
      program: () => (refuses ? { refused: 'EAGAIN' } : {}),
    });
    await expect(generation.start()).rejects.toThrow();
    expect(counts()).toEqual([0, 2, 0]);
    refuses = false;
    await generation.start();
    expect([host.living, counts()]).toEqual([
      ['http#1', 'http#2'],
      [2, 0, 2],
    ]);
  });
});

describe('the end of a generation', () => {
  const ending = ({ generation }: SetUp): (() => boolean) => {
    let hasEnded = false;
    void generation.ended().then(() => (hasEnded = true));
    return () => hasEnded;
  };

  it('has come where nothing runs', async () => {
    const hasEnded = ending(setUp());
    await settle();
    expect(hasEnded()).toBe(true);
  });

  it('comes with the last of its workers', async () => {
    const set = setUp();
    await set.generation.start();
    const hasEnded = ending(set);
    set.host.exit('http#1');
    await settle();
    expect(hasEnded()).toBe(false);
    set.host.exit('http#2');
    await settle();
    expect(hasEnded()).toBe(true);
  });

  it('waits for those that are being started', async () => {
    const wire = new HeldWire();
    const set = setUp({ wire });
    const starting = set.generation.start();
    await settle();
    const hasEnded = ending(set);
    await wire.deliver('spawn http#1');
    set.host.exit('http#1');
    await wire.deliver('spawn http#1 reply');
    await wire.deliver('exit http#1');
    expect(hasEnded()).toBe(false);
    await wire.deliverAll();
    await starting;
    set.host.exit('http#2');
    await wire.deliverAll();
    expect(hasEnded()).toBe(true);
  });

  it('comes when those that are being started are refused', async () => {
    const wire = new HeldWire();
    const set = setUp({ wire, program: () => ({ refused: 'EAGAIN' }) });
    const starting = set.generation.start();
    await settle();
    const hasEnded = ending(set);
    await wire.deliverAll();
    await expect(starting).rejects.toThrow();
    await settle();
    expect(hasEnded()).toBe(true);
  });

  it('comes with the end of the host, whatever it has not answered', async () => {
    const wire = new HeldWire();
    const set = setUp({ wire });
    const starting = set.generation.start();
    await settle();
    const hasEnded = ending(set);
    wire.lose('spawn http#1');
    set.host.die();
    await expect(starting).rejects.toMatchObject({ code: 'EPIPE' });
    await settle();
    expect([hasEnded(), set.counts()]).toEqual([true, [0, 2, 0]]);
  });
});

describe('the workers of an arbiter', () => {
  const arbiter: FakeHostOptions = { program: () => ({ workers: 2 }) };

  it('are counted instead of it, and their pids are known', async () => {
    const { generation, counts, events } = setUp(arbiter, true);
    await generation.start();
    await settle();
    expect(counts()).toEqual([1, 0, 2]);
    expect(generation.pids).toEqual([1000, 1001, 1002]);
    expect(events.toSorted()).toEqual(['http#1 lost none', 'http#1 started as 1000']);
  });

  it('are known when the host tells of them together with the reply to the spawn', async () => {
    const wire = new HeldWire();
    const { generation, counts } = setUp({ wire, ...arbiter }, true);
    const starting = generation.start();
    await settle();
    await wire.deliver('spawn http#1');
    // A busy extension host reads both at once.
    await wire.deliver('workers http#1');
    await wire.deliver('spawn http#1 reply');
    await starting;
    expect([counts(), generation.pids]).toEqual([
      [1, 0, 2],
      [1000, 1001, 1002],
    ]);
  });

  it('are forgotten when the spawn of their arbiter fails', async () => {
    const wire = new HeldWire();
    const { host, generation, counts } = setUp({ wire, ...arbiter }, true);
    const starting = generation.start();
    await settle();
    await wire.deliver('spawn http#1');
    await wire.deliver('workers http#1');
    host.die();
    await expect(starting).rejects.toThrow();
    expect([counts(), generation.pids]).toEqual([[0, 1, 0], []]);
  });

  it('are told of when one of them has ended', async () => {
    const { host, generation, counts, events } = setUp(arbiter, true);
    await generation.start();
    await settle();
    host.endWorker(1001);
    await settle();
    expect([counts(), generation.pids]).toEqual([
      [1, 0, 1],
      [1000, 1002],
    ]);
    expect(events.at(-1)).toBe('http#1 lost 1001');
  });

  it('are gone with it', async () => {
    const { host, generation, counts } = setUp(arbiter, true);
    await generation.start();
    await settle();
    host.exit('http#1');
    await settle();
    expect([counts(), generation.pids]).toEqual([[0, 1, 0], []]);
    host.setWorkers('http#1', [7]);
    await settle();
    expect(generation.pids).toEqual([]);
  });

  it('of another component are none of its own', async () => {
    const { host, generation, events } = setUp(arbiter, true);
    await generation.start();
    await settle();
    events.length = 0;
    const [other] = workerSpecs('grpc#1');
    if (other !== undefined) await host.spawn({ ...other, group: 'grpc', arbiter: true });
    await settle();
    expect([events, generation.workersAlive]).toEqual([[], 2]);
  });

  it('are not told of any more once it is disposed of', async () => {
    const { host, generation, events } = setUp(arbiter, true);
    await generation.start();
    await settle();
    events.length = 0;
    generation.dispose();
    host.endWorker(1001);
    await settle();
    expect(events).toEqual([]);
  });
});

it('asks the host about its own group only', async () => {
  const { host, generation } = setUp();
  await generation.start();
  expect(await generation.accepting(undefined)).toBe(true);
  await generation.terminate();
  await generation.retire();
  await generation.kill();
  expect(host.requests.slice(2)).toEqual([
    'accepting http',
    'terminate http',
    'retire http',
    'kill http',
  ]);
});
