import { describe, expect, it } from 'vitest';
import {
  EarlyExitError,
  WorkerGroup,
  type Renewal,
} from '../../../../../src/core/target/local/workers/worker-group';
import {
  FakeProcessHost,
  HeldWire,
  type FakeHostOptions,
} from '../../../../support/fake-process-host';
import { ManualClock } from '../../../../support/manual-clock';
import { settle } from '../../../../support/settle';
import { workerSpecs } from '../../../../support/worker-specs';

const never = new AbortController().signal;
const graceMs = 10_000;
/** The first generation accepts connections, later ones do not. */
const deaf: FakeHostOptions = { program: ({ group }) => ({ accepts: group === 'http' }) };
const stubborn: FakeHostOptions = { program: () => ({ stubborn: true }) };

function setUp(options: FakeHostOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeProcessHost(options);
  const specs = workerSpecs('http#1', 'http#2');
  const events: string[] = [];
  const letGo = (pids: readonly number[]): void => void events.push(`let go ${pids.join()}`);
  const group = new WorkerGroup({ helper: host, id: 'http', specs, wanted: 2, letGo });
  group.onStart(({ spec }) => events.push(`start ${spec.process}`));
  group.onEnd(({ process }) => events.push(`end ${process}`));
  group.onExit(({ process }) => events.push(`exit ${process}`));
  return { clock, host, group, events };
}

type SetUp = ReturnType<typeof setUp>;

async function serving(options: FakeHostOptions = {}): Promise<SetUp> {
  const set = setUp(options);
  await set.group.start();
  set.events.length = 0;
  return set;
}

const renewed = async (set: SetUp): Promise<Renewal> => set.group.renew(set.clock, never);

/** Follows a promise without waiting for it. */
function outcomeOf(work: Promise<unknown>): () => unknown {
  let outcome: unknown = 'pending';
  work.then(
    () => (outcome = 'done'),
    (error: unknown) => (outcome = error),
  );
  return () => outcome;
}

describe('new workers', () => {
  it('have names and places of their own', async () => {
    const set = await serving();
    await (await renewed(set)).commit(graceMs);
    await (await renewed(set)).commit(graceMs);
    expect(set.group.group).toBe('http@3');
    expect(set.host.living).toEqual(['http#1@3', 'http#2@3']);
    expect(set.group.imports).toEqual(['/run/i/http#1@3', '/run/i/http#2@3']);
  });

  it('serve from their commit on, and not before', async () => {
    const set = await serving();
    const renewal = await renewed(set);
    expect(set.group.group).toBe('http');
    expect(set.group.pids).toEqual([1000, 1001]);
    const ended = outcomeOf(renewal.commit(graceMs));
    expect(set.group.pids).toEqual([1002, 1003]);
    await settle();
    expect([ended(), set.host.living]).toEqual(['done', ['http#1@2', 'http#2@2']]);
    expect(set.clock.waiting).toBe(0);
  });

  it('are no exit of those that serve, and neither is the end of the old ones', async () => {
    const set = await serving();
    await (await renewed(set)).commit(graceMs);
    expect(set.events).toEqual([
      ...['start http#1@2', 'start http#2@2'],
      // A debugger may hold them: they could not end.
      ...['let go 1000,1001', 'end http#1', 'end http#2'],
    ]);
    set.host.exit('http#1@2');
    await settle();
    expect(set.events.slice(5)).toEqual(['end http#1@2', 'exit http#1@2']);
  });

  it('are no restart', async () => {
    const set = await serving();
    await (await renewed(set)).commit(graceMs);
    expect(set.group.restarts).toBe(0);
  });

  it('are asked again and again whether they accept connections, more and more slowly', async () => {
    const set = await serving(deaf);
    const cancel = new AbortController();
    const outcome = outcomeOf(set.group.renew(set.clock, cancel.signal));
    const asked = (): number =>
      set.host.requests.filter((one) => one === 'accepting http@2').length;
    await set.clock.pass(200);
    const soon = asked();
    expect(soon).toBeGreaterThan(15);
    await set.clock.pass(1000);
    const before = asked();
    await set.clock.pass(200);
    expect(asked() - before).toBe(4);
    expect(outcome()).toBe('pending');
    cancel.abort();
    await settle();
    expect(set.clock.waiting).toBe(0);
  });

  it('that were taken over from end by force after the grace period', async () => {
    const set = await serving({ program: ({ group }) => ({ stubborn: group === 'http' }) });
    const ended = outcomeOf((await renewed(set)).commit(graceMs));
    await set.clock.pass(graceMs - 1);
    expect([ended(), set.host.living.length]).toEqual(['pending', 4]);
    await set.clock.pass(1);
    expect([ended(), set.host.living]).toEqual(['done', ['http#1@2', 'http#2@2']]);
    expect(set.clock.waiting).toBe(0);
  });

  it('that are abandoned have three seconds for what they have accepted', async () => {
    const set = await serving({ program: ({ group }) => ({ stubborn: group !== 'http' }) });
    const abandoned = outcomeOf((await renewed(set)).abandon());
    await set.clock.pass(2999);
    expect([abandoned(), set.host.living.length]).toEqual(['pending', 4]);
    await set.clock.pass(1);
    expect([abandoned(), set.host.living]).toEqual(['done', ['http#1', 'http#2']]);
    expect([set.group.group, set.clock.waiting]).toEqual(['http', 0]);
  });

  it('that end before their commit say which of them was first', async () => {
    const set = await serving();
    const renewal = await renewed(set);
    expect(renewal.earlyExit).toBeUndefined();
    set.host.exit('http#2@2', { code: 2, signal: null });
    set.host.exit('http#1@2', { code: 1, signal: null });
    await settle();
    expect(renewal.earlyExit).toMatchObject({ process: 'http#2@2', status: { code: 2 } });
    await renewal.abandon();
    expect(set.host.living).toEqual(['http#1', 'http#2']);
  });
});

/** Where a renewal can be when something happens to it: what is delivered until then. */
const places: readonly (readonly [string, readonly string[]])[] = [
  ['before its processes are asked for', []],
  ['after one of them is asked for', ['spawn http#1@2']],
  ['after one of them runs', ['spawn http#1@2', 'spawn http#1@2 reply']],
  [
    'after both run',
    ['spawn http#1@2', 'spawn http#1@2 reply', 'spawn http#2@2', 'spawn http#2@2 reply'],
  ],
  [
    'after it was asked whether they accept connections',
    [
      ...['spawn http#1@2', 'spawn http#1@2 reply', 'spawn http#2@2', 'spawn http#2@2 reply'],
      'accepting http@2',
    ],
  ],
];

describe.each(places)('a renewal, %s', (_, delivered) => {
  const begun = async () => {
    const wire = new HeldWire();
    const set = setUp({ wire });
    const started = set.group.start();
    await wire.deliverAll();
    await started;
    const cancel = new AbortController();
    const outcome = outcomeOf(set.group.renew(set.clock, cancel.signal));
    await settle();
    for (const label of delivered) await wire.deliver(label);
    return { ...set, wire, cancel, outcome };
  };

  it('leaves nothing behind when it is cancelled', async () => {
    const { wire, cancel, outcome, host, clock, group } = await begun();
    cancel.abort(new Error('no more'));
    await wire.deliverAll();
    await settle();
    expect(outcome()).toMatchObject({ message: 'no more' });
    expect([host.living, group.group, clock.waiting]).toEqual([['http#1', 'http#2'], 'http', 0]);
  });

  it('leaves nothing behind when all are ended meanwhile', async () => {
    const { wire, cancel, host, clock, group } = await begun();
    const ended = outcomeOf(group.ended());
    cancel.abort();
    void group.terminate();
    await wire.deliverAll();
    await settle();
    expect([ended(), host.living, clock.waiting]).toEqual(['done', [], 0]);
  });

  it('fails when the host ends', async () => {
    const { outcome, host, clock, group } = await begun();
    host.die();
    await settle();
    expect(outcome()).toBeInstanceOf(Error);
    expect([group.alive, group.missing, clock.waiting]).toEqual([0, 2, 0]);
  });
});

it('is not renewed for whoever has cancelled that before', async () => {
  const set = await serving();
  const reason = new Error('no more');
  await expect(set.group.renew(set.clock, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(set.host.requests).toEqual(['spawn http#1', 'spawn http#2']);
});

it('is not renewed where one of the new workers ends at once', async () => {
  const set = await serving({
    program: ({ process }) =>
      process === 'http#2@2' ? { ends: { code: 1, signal: null } } : { accepts: true },
  });
  const error: unknown = await renewed(set).catch((thrown: unknown) => thrown);
  // It may have ended before or after the question whether it accepts connections.
  if (error instanceof EarlyExitError) expect(error.exit.process).toBe('http#2@2');
  else expect((error as Renewal).earlyExit?.process).toBe('http#2@2');
});

it('is not renewed where the system refuses one of the new workers', async () => {
  const set = await serving({
    program: ({ process }) => (process === 'http#2@2' ? { refused: 'EAGAIN' } : {}),
  });
  await expect(renewed(set)).rejects.toMatchObject({ name: 'ServeError' });
  expect([set.host.living, set.clock.waiting]).toEqual([['http#1', 'http#2'], 0]);
});

describe('what concerns the whole component', () => {
  type Act = 'terminate' | 'retire' | 'kill';
  it.each<[Act, string]>([
    ['terminate', 'that serve, wait and finish'],
    ['retire', 'that serve, wait and finish'],
    ['kill', 'that serve, wait and finish'],
  ])('%s reaches those %s', async (act) => {
    const set = await serving({ program: ({ group }) => ({ stubborn: group === 'http' }) });
    void (await renewed(set)).commit(graceMs);
    await renewed(set);
    expect(set.host.living).toHaveLength(6);
    set.host.requests.length = 0;
    await set.group[act]();
    const groups = new Set(set.host.requests.filter((one) => one.startsWith(act)));
    expect(groups).toEqual(new Set([`${act} http@3`, `${act} http`, `${act} http@2`]));
  });

  it('ends when none of them is left, also of those that finish', async () => {
    const set = await serving(stubborn);
    void (await renewed(set)).commit(graceMs);
    const ended = outcomeOf(set.group.ended());
    for (const name of ['http#1@2', 'http#2@2', 'http#1']) set.host.exit(name);
    await settle();
    expect(ended()).toBe('pending');
    set.host.exit('http#2');
    await settle();
    expect(ended()).toBe('done');
  });
});

describe('a worker that is started again', () => {
  it('counts as a restart when it runs', async () => {
    const set = await serving();
    set.host.exit('http#1');
    await settle();
    expect(set.group.missing).toBe(1);
    await set.group.replace();
    expect([set.group.restarts, set.group.missing]).toEqual([1, 0]);
  });

  it('counts as none when it is refused', async () => {
    let refuses = false;
    const set = await serving({ program: () => (refuses ? { refused: 'EAGAIN' } : {}) });
    set.host.exit('http#1');
    set.host.exit('http#2');
    await settle();
    refuses = true;
    await expect(set.group.replace()).rejects.toThrow();
    expect(set.group.restarts).toBe(0);
  });

  it('counts each of them', async () => {
    const set = await serving();
    set.host.exit('http#1');
    set.host.exit('http#2');
    await settle();
    await set.group.replace();
    expect(set.group.restarts).toBe(2);
  });
});

it('tells of the workers of an arbiter only while it serves', async () => {
  const clock = new ManualClock();
  const host = new FakeProcessHost({ program: () => ({ workers: 2, stubborn: true }) });
  const specs = workerSpecs('http#1').map((spec) => ({ ...spec, arbiter: true }));
  const group = new WorkerGroup({ helper: host, id: 'http', specs, wanted: 2 });
  const lost: (readonly number[])[] = [];
  group.onReplace(({ pids }) => lost.push(pids));
  await group.start();
  await settle();
  expect([group.workersAlive, group.workersWanted]).toEqual([2, 2]);
  host.endWorker(1001);
  await settle();
  void (await group.renew(clock, never)).commit(graceMs);
  lost.length = 0;
  host.endWorker(1002);
  await settle();
  expect(lost).toEqual([]);
});

it('hears of no arbiter any more once it is disposed of', async () => {
  const host = new FakeProcessHost({ program: () => ({ workers: 2 }) });
  const specs = workerSpecs('http#1').map((spec) => ({ ...spec, arbiter: true }));
  const group = new WorkerGroup({ helper: host, id: 'http', specs, wanted: 2 });
  let fired = 0;
  group.onReplace(() => (fired += 1));
  await group.start();
  await settle();
  fired = 0;
  group.dispose();
  host.endWorker(1001);
  await settle();
  expect(fired).toBe(0);
});
