import { describe, expect, it } from 'vitest';
import type { ComponentState } from '../../../../../src/core/model';
import { ServeError } from '../../../../../src/core/problem';
import type { ComponentSupervisor } from '../../../../../src/core/target/local/supervise/component-supervisor';
import { HeldWire } from '../../../../support/fake-process-host';
import { settle } from '../../../../support/settle';
import {
  ready,
  refused,
  silent,
  supervised,
  type Supervised,
  type SupervisedOptions,
} from '../../../../support/supervised';

const never = new AbortController().signal;

/** Brings a supervisor into each state, with workers that do not end when they are asked. */
const reach: Readonly<Record<ComponentState, () => Promise<Supervised>>> = {
  stopped: () => Promise.resolve(supervised(stubborn)),
  starting: async () => {
    const set = supervised(stubborn);
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(1000);
    return set;
  },
  ready: () => ready(stubborn),
  unhealthy: async () => {
    const set = await ready(stubborn);
    set.probe.answer = refused;
    await set.clock.pass(5000);
    return set;
  },
  backingOff: async () => {
    const set = await ready(stubborn);
    await set.crash();
    return set;
  },
  stopping: async () => {
    const set = await ready(stubborn);
    void set.supervisor.stop();
    await settle();
    return set;
  },
  failed: async () => {
    const set = supervised(stubborn);
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(100);
    await set.crash();
    await set.clock.pass(1000);
    return set;
  },
};
const stubborn: SupervisedOptions = { program: () => ({ stubborn: true }) };

type Event = 'start' | 'stop' | 'restart' | 'crash' | 'refusal' | 'silence' | 'answer' | 'time';
const bring: Readonly<Record<Event, (set: Supervised) => Promise<void>>> = {
  start: async ({ supervisor }) => {
    supervisor.start();
    await settle();
  },
  stop: async ({ supervisor }) => {
    void supervisor.stop();
    await settle();
  },
  restart: async ({ supervisor }) => {
    supervisor.restart();
    await settle();
  },
  crash: async (set) => {
    if (set.host.living.length > 0) await set.crash();
  },
  refusal: async ({ clock, probe }) => {
    probe.answer = refused;
    await clock.pass(5000);
  },
  silence: async ({ clock, probe }) => {
    probe.answer = silent;
    await clock.pass(9000);
  },
  answer: async ({ clock, probe, supervisor }) => {
    probe.answer = { outcome: 'ok', latencyMs: 1 };
    // The restart of one that waits would be another event.
    if (supervisor.state !== 'backingOff') await clock.pass(1000);
  },
  time: async ({ clock, probe }) => {
    probe.answer = refused;
    await clock.pass(120_000);
  },
};

/** The state that follows when an event comes in a state. */
const table: Readonly<Record<ComponentState, Readonly<Record<Event, ComponentState>>>> = {
  stopped: {
    ...{ start: 'starting', restart: 'starting', stop: 'stopped', crash: 'stopped' },
    ...{ refusal: 'stopped', silence: 'stopped', answer: 'stopped', time: 'stopped' },
  },
  starting: {
    ...{ start: 'starting', restart: 'stopping', stop: 'stopping', crash: 'failed' },
    ...{ refusal: 'starting', silence: 'starting', answer: 'ready', time: 'failed' },
  },
  ready: {
    ...{ start: 'ready', restart: 'stopping', stop: 'stopping', crash: 'backingOff' },
    ...{ refusal: 'unhealthy', silence: 'unhealthy', answer: 'ready', time: 'unhealthy' },
  },
  unhealthy: {
    ...{ start: 'unhealthy', restart: 'stopping', stop: 'stopping', crash: 'backingOff' },
    ...{ refusal: 'unhealthy', silence: 'unhealthy', answer: 'ready', time: 'unhealthy' },
  },
  backingOff: {
    ...{ start: 'starting', restart: 'starting', stop: 'stopped', crash: 'backingOff' },
    ...{ refusal: 'starting', silence: 'starting', answer: 'backingOff', time: 'failed' },
  },
  stopping: {
    // A second stop does not wait; nor does what has ended by itself.
    ...{ start: 'stopping', restart: 'stopping', stop: 'stopped', crash: 'stopped' },
    ...{ refusal: 'stopping', silence: 'stopping', answer: 'stopping', time: 'stopped' },
  },
  failed: {
    ...{ start: 'starting', restart: 'starting', stop: 'stopped', crash: 'failed' },
    ...{ refusal: 'failed', silence: 'failed', answer: 'failed', time: 'failed' },
  },
};

describe('every event in every state', () => {
  const rows = Object.entries(table).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => [from, event, to] as const),
  );
  it.each(rows)('%s, then %s: %s', async (from, event, to) => {
    const set = await reach[from as ComponentState]();
    expect(set.supervisor.state).toBe(from);
    await bring[event as Event](set);
    expect(set.supervisor.state).toBe(to);
    if (to === 'stopped' || to === 'failed') {
      expect(set.host.living).toEqual([]);
      expect(set.clock.waiting).toBe(0);
    }
  });
});

describe('a stop in the middle of', () => {
  /** Where a start can be waiting. */
  const places: readonly (readonly [string, readonly string[]])[] = [
    ['the request to start its workers', []],
    ['the reply to it', ['spawn http#1']],
    ['the reply for one of two workers', ['spawn http#1', 'spawn http#1 reply']],
  ];
  it.each(places)('%s leaves nothing behind', async (_, delivered) => {
    const wire = new HeldWire();
    const set = supervised({ wire, workers: 2 });
    set.supervisor.start();
    await settle();
    for (const label of delivered) await wire.deliver(label);
    const stopped = set.supervisor.stop();
    await wire.deliverAll();
    await stopped;
    expect([set.supervisor.state, set.host.living, set.clock.waiting]).toEqual(['stopped', [], 0]);
  });

  it('what comes before the launch starts nothing', async () => {
    const before = Promise.withResolvers<undefined>();
    const set = supervised({ beforeLaunch: () => before.promise.then(() => undefined) });
    set.supervisor.start();
    await set.supervisor.stop();
    before.resolve(undefined);
    await settle();
    expect(set.host.requests).not.toContain('spawn http#1');
    expect([set.supervisor.state, set.clock.waiting]).toEqual(['stopped', 0]);
  });

  it('a start whose workers the system refuses ends', async () => {
    const wire = new HeldWire();
    const set = supervised({ wire, program: () => ({ refused: 'EAGAIN' }) });
    set.supervisor.start();
    await settle();
    const stopped = set.supervisor.stop();
    // The refusal comes after everything else.
    for (const label of ['terminate http', 'terminate http reply']) await wire.deliver(label);
    await wire.deliverAll();
    await stopped;
    expect(set.supervisor.state).toBe('stopped');
  });

  it('a probe ends the question', async () => {
    const set = await ready();
    set.probe.delay = () => new Promise(() => undefined);
    await set.clock.pass(5000);
    await set.supervisor.stop();
    await settle();
    expect(set.clock.waiting).toBe(0);
  });

  it('new workers ends them, and says nothing of them', async () => {
    const set = await ready({ program: ({ group }) => ({ accepts: group === 'http' }) });
    const renewing = set.supervisor.renew(never);
    await set.clock.pass(100);
    expect(set.host.living).toEqual(['http#1', 'http#1@2']);
    await set.supervisor.stop();
    await (await renewing).commit();
    expect([set.supervisor.state, set.host.living, set.clock.waiting]).toEqual(['stopped', [], 0]);
    set.supervisor.start();
    await set.clock.pass(1000);
    expect([set.supervisor.state, set.host.living]).toEqual(['ready', ['http#1']]);
  });
});

it('fails with the reason of the newest start, not of one that was stopped', async () => {
  const launches: { reject: (error: Error) => void }[] = [];
  const set = supervised({
    beforeLaunch: () =>
      new Promise((_, reject) => {
        launches.push({ reject });
      }),
  });
  set.supervisor.start();
  await set.supervisor.stop();
  set.supervisor.start();
  launches[0]?.reject(new ServeError({ code: 'crashed', message: 'The first one.' }));
  await settle();
  expect(set.supervisor.state).toBe('starting');
  launches[1]?.reject(new ServeError({ code: 'crashed', message: 'The second one.' }));
  await settle();
  expect(set.supervisor.problem?.message).toBe('The second one.');
});

describe('the replacement of a worker', () => {
  const counted = ({ host, workers }: Supervised) => [host.living.length, workers.restarts];

  it('happens after a wait, and is counted', async () => {
    const set = await ready({ workers: 2 });
    await set.crash();
    await set.clock.pass(900);
    expect(counted(set)).toEqual([1, 0]);
    await set.clock.pass(200);
    expect(counted(set)).toEqual([2, 1]);
  });

  it('is tried again when the system refuses it, and counted when it has happened', async () => {
    let refuses = false;
    const set = await ready({
      workers: 2,
      program: () => (refuses ? { refused: 'EAGAIN' } : {}),
    });
    refuses = true;
    await set.crash();
    await set.clock.pass(1100);
    expect(counted(set)).toEqual([1, 0]);
    refuses = false;
    await set.clock.pass(2100);
    expect(counted(set)).toEqual([2, 1]);
  });

  it.each([
    ['a restart', (one: ComponentSupervisor) => Promise.resolve(one.restart())],
    [
      'a stop and a start',
      async (one: ComponentSupervisor) => {
        await one.stop();
        one.start();
      },
    ],
    [
      'new workers beside the old ones',
      async (one: ComponentSupervisor) => {
        await (await one.renew(never)).commit();
      },
    ],
  ])('is given up for %s, which is not counted', async (_, act) => {
    const set = await ready({ workers: 2 });
    await set.crash();
    await act(set.supervisor);
    await set.clock.pass(60_000);
    expect(set.supervisor.state).toBe('ready');
    expect(counted(set)).toEqual([2, 0]);
  });

  it('is given up with a stop', async () => {
    const set = await ready({ workers: 2 });
    await set.crash();
    await set.supervisor.stop();
    await set.clock.pass(60_000);
    expect(set.supervisor.state).toBe('stopped');
    expect(counted(set)).toEqual([0, 0]);
    expect(set.clock.waiting).toBe(0);
  });
});

describe('the wait before a restart', () => {
  const crashes = async (set: Supervised, times: number): Promise<void> => {
    for (let count = 0; count < times; count++) {
      await set.crash();
      await set.clock.pass(20_000);
    }
  };

  it('is the first one again after a restart by hand, and ends by it', async () => {
    const set = await ready();
    await crashes(set, 3);
    expect(set.events).toContain('restart in 4.0 s');
    await set.crash();
    expect(set.supervisor.state).toBe('backingOff');
    set.supervisor.restart();
    await set.clock.pass(1000);
    expect([set.supervisor.state, set.workers.restarts]).toEqual(['ready', 3]);
    await set.clock.pass(20_000);
    expect(set.workers.restarts).toBe(3);
    set.events.length = 0;
    await set.crash();
    expect(set.events).toContain('restart in 1.0 s');
  });

  it('is the first one again after a start by hand', async () => {
    const set = await ready();
    await crashes(set, 3);
    await set.crash();
    set.supervisor.start();
    await set.clock.pass(1000);
    set.events.length = 0;
    await set.crash();
    expect(set.events).toContain('restart in 1.0 s');
  });
});

describe('new workers', () => {
  it('serve from their commit on, and the old ones end', async () => {
    const set = await ready();
    const renewal = await set.supervisor.renew(never);
    expect(set.workers.group).toBe('http');
    await renewal.commit();
    expect([set.workers.group, set.host.living]).toEqual(['http@2', ['http#1@2']]);
    expect(set.workers.restarts).toBe(0);
  });

  it('are ended when they are abandoned, and the old ones serve on', async () => {
    const set = await ready();
    await (await set.supervisor.renew(never)).abandon();
    expect([set.workers.group, set.host.living]).toEqual(['http', ['http#1']]);
    expect(set.supervisor.state).toBe('ready');
  });

  it('that end before they accept connections are the reason why there are none', async () => {
    const set = await ready({ program: ({ group }) => ({ accepts: group === 'http' }) });
    const renewing = set.supervisor.renew(never);
    await settle();
    set.host.exit('http#1@2', { code: 1, signal: null });
    await expect(renewing).rejects.toMatchObject({
      problem: { code: 'crashed', component: 'http', message: 'http#1@2 ended with 1.' },
    });
    expect([set.supervisor.state, set.host.living]).toEqual(['ready', ['http#1']]);
  });

  it('that end before their commit say so', async () => {
    const set = await ready();
    const renewal = await set.supervisor.renew(never);
    expect(renewal.failure()).toBeUndefined();
    set.host.exit('http#1@2', { code: 1, signal: null });
    await settle();
    expect(renewal.failure()).toMatchObject({ message: 'http#1@2 ended with 1.' });
    await renewal.abandon();
    expect([set.supervisor.state, set.host.living]).toEqual(['ready', ['http#1']]);
  });

  it('that are cancelled are ended', async () => {
    const set = await ready({ program: ({ group }) => ({ accepts: group === 'http' }) });
    const cancel = new AbortController();
    const renewing = set.supervisor.renew(cancel.signal);
    await set.clock.pass(100);
    cancel.abort();
    await expect(renewing).rejects.toMatchObject({ code: 'cancelled' });
    expect(set.host.living).toEqual(['http#1']);
    await expect(set.supervisor.renew(cancel.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(set.host.living).toEqual(['http#1']);
  });

  it('that do not accept connections in time are given up', async () => {
    const set = await ready({ program: ({ group }) => ({ accepts: group === 'http' }) });
    const renewing = set.supervisor.renew(never).catch((error: unknown) => error);
    await set.clock.pass(61_000);
    expect(await renewing).toMatchObject({ problem: { code: 'start-timeout' } });
    expect(set.host.living).toEqual(['http#1']);
  });

  it('are not started for a component that is stopped', async () => {
    const set = await ready();
    await set.supervisor.stop();
    await (await set.supervisor.renew(never)).commit();
    expect([set.supervisor.state, set.host.living]).toEqual(['stopped', []]);
  });
});

describe('a stop', () => {
  it('that takes too long says so, and nothing of memory', async () => {
    const { clock, supervisor, events } = await ready(stubborn);
    const since = clock.date();
    const stopped = supervisor.stop();
    expect(supervisor.stopping).toEqual({ since, forceAt: since + 10_000 });
    await clock.pass(10_000);
    await stopped;
    expect(events).toContain('http#1 (pid 1000) was killed: it did not stop within 10 s');
    expect(events.join('\n')).not.toContain('memory');
    expect(supervisor.stopping).toBeUndefined();
  });

  it('that is not waited for says so, too', async () => {
    const { supervisor, events } = await ready(stubborn);
    void supervisor.stop();
    await supervisor.stop();
    expect(events.join('\n')).toContain('killed: it was to stop at once');
    expect(events.join('\n')).not.toContain('memory');
  });

  it('during which somebody else kills a worker tells of that', async () => {
    const set = await ready(stubborn);
    const stopped = set.supervisor.stop();
    await set.crash();
    await stopped;
    expect(set.events.join('\n')).toContain('was killed by SIGKILL');
  });

  it('asks for a hand-over only where others serve from its sockets', async () => {
    const one = await ready();
    await one.supervisor.stop();
    expect(one.host.requests).toContain('terminate http');
    const other = await ready();
    await other.supervisor.handOver();
    expect(other.host.requests).toContain('retire http');
    const restarted = await ready();
    restarted.supervisor.restart();
    await settle();
    expect(restarted.host.requests).toContain('retire http');
  });

  it('ends when the host ends, whatever it has not answered', async () => {
    const wire = new HeldWire();
    const set = supervised({ wire });
    set.supervisor.start();
    await wire.deliverAll();
    const stopped = set.supervisor.stop();
    wire.lose('terminate http');
    set.host.die();
    await stopped;
    expect([set.supervisor.state, set.clock.waiting]).toEqual(['stopped', 0]);
  });

  it('whose request is lost forces after the grace period', async () => {
    const wire = new HeldWire();
    const set = supervised({ wire });
    set.supervisor.start();
    await settle();
    await wire.deliverAll();
    const stopped = set.supervisor.stop();
    wire.lose('terminate http');
    await set.clock.pass(1000);
    await wire.deliverAll();
    await stopped;
    expect([set.supervisor.state, set.host.living]).toEqual(['stopped', []]);
  });
});

it('shows the last output of the launch that takes too long, and of no earlier one', async () => {
  const set = supervised();
  set.probe.answer = refused;
  set.output.append('of the launch before\n');
  set.supervisor.start();
  await set.clock.pass(1000);
  set.output.append('loading weights\n');
  await set.clock.pass(60_000);
  expect(set.supervisor.problem).toMatchObject({
    code: 'start-timeout',
    detail: 'loading weights',
  });
});

it('does nothing any more once it is disposed of', async () => {
  const set = await ready(stubborn);
  set.supervisor.restart();
  set.supervisor.dispose();
  await set.crash();
  await set.clock.pass(60_000);
  expect(set.host.living).toEqual([]);
  expect(set.clock.waiting).toBe(0);
});

it('restarts what hangs only where that is wanted', async () => {
  const hang = async (onHang: 'notify' | 'restart'): Promise<Supervised> => {
    const set = await ready({ supervisor: { onHang } });
    set.probe.answer = silent;
    await set.clock.pass(20_000);
    return set;
  };
  const notified = await hang('notify');
  expect([notified.supervisor.state, notified.workers.restarts]).toEqual(['unhealthy', 0]);
  expect(notified.supervisor.problem?.code).toBe('unresponsive');
  const restarted = await hang('restart');
  expect([restarted.supervisor.state, restarted.workers.restarts]).toEqual(['starting', 1]);
});
