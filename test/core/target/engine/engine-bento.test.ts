import { describe, expect, it } from 'vitest';
import { problemTexts, textOf, say } from '../../../../src/core/messages/message';
import type { Problem } from '../../../../src/core/model';
import { cancelled, problemOf, ServeError } from '../../../../src/core/problem';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import { EngineBento, type PreparedBento } from '../../../../src/core/target/engine/engine-bento';
import type { EngineCode } from '../../../../src/core/target/engine/engine-reload';
import { untilAborted } from '../../../../src/core/until-aborted';
import { discovered } from '../../../support/bentos';
import { applied, FakeApplied, worker } from '../../../support/fake-applied';
import { fakeLog } from '../../../support/fake-engine';
import { ManualClock } from '../../../support/manual-clock';
import { planOf } from '../../../support/plans';
import { settle } from '../../../support/settle';
import { outcome } from '../../../support/outcome';

const refused: Problem = { code: 'engine-failed', message: 'The engine could not remove it.' };
const unreachable: Problem = { code: 'engine-unreachable', message: 'The engine is not running.' };

type Apply = PreparedBento['apply'];

/** A bento on an engine whose calls a test answers. */
class Served {
  readonly clock = new ManualClock();
  readonly phases: string[] = [];
  readonly bento: EngineBento;
  ended = 0;
  /** The number of times that its files were removed. */
  removals = 0;
  changes = 0;
  apply: Apply = () => Promise.resolve(new FakeApplied());
  prepare: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  mountsSource = false;
  /** Returns BentoML's plan of the present code. */
  replan: EngineCode['replan'] = () => Promise.resolve(planOf([]));
  /** The lines of the logs of its components. */
  readonly lines: string[] = [];
  servedAgain = 0;

  constructor(adopted?: FakeApplied) {
    this.bento = new EngineBento(
      {
        clock: this.clock,
        platform: 'linux',
        engine: { kind: 'compose' },
        request: { bento: discovered(), settings: defaultSettings },
        logFor: () => fakeLog(this.lines),
        onPhase: (phase) => this.phases.push(textOf(phase)),
        removeFiles: () => Promise.resolve(void (this.removals += 1)),
        prepare: async (signal) => {
          await this.prepare(signal);
          return {
            ...{ plan: planOf([]), mountsSource: this.mountsSource },
            apply: (options) => this.apply(options),
          };
        },
        code: {
          log: { info: () => undefined },
          replan: (before, signal) => this.replan(before, signal),
          serveAgain: () => Promise.resolve((this.servedAgain += 1)),
        },
      },
      adopted,
    );
    this.bento.onDidEnd(() => (this.ended += 1));
    this.bento.onDidChange(() => (this.changes += 1));
  }

  /** The states of its components. */
  get states(): string {
    return this.bento.components.map(({ id, snapshot }) => `${id} ${snapshot.state}`).join(', ');
  }

  start(signal = new AbortController().signal): Promise<string> {
    return outcome(this.bento.start(signal));
  }
}

/** A bento that is being applied until `resolve` or `reject`, and what the engine did. */
function applying(served: Served): {
  readonly watched: FakeApplied;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly calls: readonly string[];
} {
  const watched = new FakeApplied([applied({ state: 'starting' })]);
  const calls: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  watched.answer = (call) => {
    calls.push(call);
    return Promise.resolve();
  };
  served.apply = async ({ signal, onApplied }) => {
    onApplied?.(watched);
    try {
      await untilAborted(signal, promise);
      return watched;
    } catch (error) {
      watched.dispose();
      // Removing takes its time.
      await settle();
      calls.push('removed');
      throw error;
    }
  };
  return { watched, resolve: () => resolve(undefined), reject, calls };
}

async function ready(): Promise<{ readonly served: Served; readonly watched: FakeApplied }> {
  const served = new Served();
  const watched = new FakeApplied();
  served.apply = () => Promise.resolve(watched);
  expect(await served.start()).toBe('done');
  return { served, watched };
}

describe('a start', () => {
  it('shows components as soon as the engine has them, and is over when they are ready', async () => {
    const served = new Served();
    const { watched, resolve } = applying(served);
    const started = served.start();
    await settle();
    expect(served.states).toBe('http starting');
    expect(served.phases).toEqual(['starting containers']);
    expect(served.bento.wasReady).toBe(false);
    watched.has(applied());
    resolve();
    expect(await started).toBe('done');
    expect(served.states).toBe('http ready');
    expect(served.bento.wasReady).toBe(true);
    expect(served.bento.plan).toBeDefined();
  });

  it('fails with the reason, and ends once', async () => {
    const served = new Served();
    const { watched, reject } = applying(served);
    const started = served.start();
    await settle();
    reject(new ServeError(unreachable));
    expect(await started).toBe('engine-unreachable');
    expect(served.bento.problem).toBe(unreachable);
    expect(served.ended).toBe(1);
    expect(watched.isDisposed).toBe(true);
    expect(served.states).toBe('');
  });

  it('whose preparation fails never gets to the engine', async () => {
    const served = new Served();
    served.prepare = () => Promise.reject(new ServeError(refused));
    served.apply = () => Promise.reject(new Error('applied'));
    expect(await served.start()).toBe('engine-failed');
    expect(served.ended).toBe(1);
  });

  it.each(['while it is prepared', 'while it is applied'])('is cancelled %s', async (moment) => {
    const served = new Served();
    const { calls } = applying(served);
    const cancel = new AbortController();
    if (moment === 'while it is prepared') {
      // It does not notice.
      served.prepare = () => Promise.resolve(cancel.abort());
    }
    const started = served.start(cancel.signal);
    await settle();
    cancel.abort();
    expect(await started).toBe('cancelled');
    expect(served.bento.problem).toBeUndefined();
    expect(served.ended).toBe(1);
    expect(calls).toEqual(moment === 'while it is prepared' ? [] : ['removed']);
  });

  it('is stopped: the engine is asked to remove it only after the start has cleaned up', async () => {
    const served = new Served();
    const { calls } = applying(served);
    const started = served.start();
    await settle();
    const stopped = outcome(served.bento.stop());
    expect(served.bento.stopping).toBe(true);
    expect(await started).toBe('cancelled');
    expect(served.ended).toBe(0);
    expect(await stopped).toBe('done');
    // What was there before the start is removed, too.
    expect(calls).toEqual(['removed', 'stop']);
    expect(served.ended).toBe(1);
  });

  it('that becomes ready although it is stopped is removed', async () => {
    const served = new Served();
    const watched = new FakeApplied();
    const { promise, resolve } = Promise.withResolvers<FakeApplied>();
    served.apply = ({ onApplied }) => {
      onApplied?.(watched);
      return promise;
    };
    const started = served.start();
    await settle();
    const stopped = served.bento.stop();
    resolve(watched);
    await started;
    await stopped;
    expect(watched.calls).toEqual(['stop']);
    expect(served.ended).toBe(1);
    expect(watched.isDisposed).toBe(true);
  });

  it('is stopped before the engine has anything', async () => {
    const served = new Served();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    served.prepare = () => promise;
    const started = served.start();
    await settle();
    const stopped = outcome(served.bento.stop());
    resolve(undefined);
    expect(await started).toBe('cancelled');
    expect(await stopped).toBe('done');
    expect(served.ended).toBe(1);
  });

  it('is left: what it has started is removed before the window closes', async () => {
    const served = new Served();
    const { calls, watched } = applying(served);
    const started = served.start();
    await settle();
    await served.bento.leave();
    expect(calls).toEqual(['removed']);
    expect(await started).toBe('cancelled');
    expect(watched.isDisposed).toBe(true);
    expect(served.ended).toBe(1);
  });

  it('that succeeds after it was left is watched by nobody', async () => {
    const served = new Served();
    const watched = new FakeApplied();
    const { promise, resolve } = Promise.withResolvers<FakeApplied>();
    served.apply = () => promise;
    const started = served.start();
    await settle();
    const left = served.bento.leave();
    resolve(watched);
    await Promise.all([left, started]);
    expect(watched.isDisposed).toBe(true);
    expect(watched.calls).toEqual([]);
    expect(served.states).toBe('');
    expect(served.ended).toBe(1);
  });
});

describe('a stop', () => {
  it('ends it once, and leaves no timer', async () => {
    const { served, watched } = await ready();
    await Promise.all([served.bento.stop(), served.bento.stop()]);
    await served.bento.stop();
    await served.bento.leave();
    expect(watched.calls).toEqual(['stop']);
    expect([served.ended, served.removals]).toEqual([1, 1]);
    expect(served.bento.components).toEqual([]);
    expect(served.clock.waiting).toBe(0);
  });

  it('that the engine refuses leaves it shown; then it can be restarted, and stopped', async () => {
    const { served, watched } = await ready();
    watched.answer = (call) =>
      call === 'stop' ? Promise.reject(new ServeError(refused)) : Promise.resolve();
    expect(await outcome(served.bento.stop())).toBe('engine-failed');
    expect(served.bento.stopping).toBe(false);
    expect([served.ended, served.removals]).toEqual([0, 0]);
    expect(served.states).toBe('http ready');
    watched.has(applied({ state: 'unhealthy' }));
    expect(served.states).toBe('http unhealthy');
    watched.has(applied());
    const { signal } = new AbortController();
    expect(await outcome(served.bento.restartComponent('http', signal))).toBe('done');
    watched.answer = () => Promise.resolve();
    expect(await outcome(served.bento.stop())).toBe('done');
    expect(served.ended).toBe(1);
  });

  it('of a cancelled start that the engine refuses says so', async () => {
    const served = new Served();
    const { watched } = applying(served);
    const started = served.start();
    await settle();
    watched.answer = () => Promise.reject(new ServeError(refused));
    expect(await outcome(served.bento.stop())).toBe('engine-failed');
    expect(await started).toBe('cancelled');
    // Nothing watches it any more, so it must not be shown.
    expect(served.ended).toBe(1);
  });

  it('goes on while the window is closed', async () => {
    const { served, watched } = await ready();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    watched.answer = () => promise;
    const stopped = outcome(served.bento.stop());
    const left = outcome(served.bento.leave());
    await settle();
    expect(served.ended).toBe(0);
    resolve(undefined);
    expect([await stopped, await left]).toEqual(['done', 'done']);
    expect(served.ended).toBe(1);
  });
});

describe('a restart of a component', () => {
  const { signal } = new AbortController();

  it('is over when the component is ready again', async () => {
    const { served, watched } = await ready();
    watched.answer = () => {
      watched.has(applied({ state: 'starting' }));
      return Promise.resolve();
    };
    const restarted = outcome(served.bento.restartComponent('http', signal));
    await settle();
    watched.has(applied({ state: 'backingOff' }));
    watched.has(applied());
    expect(await restarted).toBe('done');
    expect(served.clock.waiting).toBe(0);
  });

  it('that takes too long is a failure with a reason, not a silent end', async () => {
    const { served, watched } = await ready();
    watched.answer = () => {
      watched.has(applied({ state: 'unhealthy', reason: 'HTTP 503' }));
      return Promise.resolve();
    };
    const failed = served.bento.restartComponent('http', signal).catch(problemOf);
    await settle();
    await served.clock.pass(defaultSettings.startTimeout * 1_000);
    expect(await failed).toMatchObject({
      ...{ code: 'start-timeout', summary: 'HTTP 503' },
      message: 'Search did not become ready. See its log.',
    });
    expect(served.states).toBe('http unhealthy');
  });

  it('has a limit also if the engine ignores the request', async () => {
    const { served, watched } = await ready();
    watched.answer = () => new Promise(() => undefined);
    const restarted = outcome(served.bento.restartComponent('http', signal));
    await settle();
    await served.clock.pass(defaultSettings.startTimeout * 1_000);
    expect(await restarted).toBe('start-timeout');
  });

  it.each(['stop', 'leave', 'cancel'] as const)('ends with a %s', async (end) => {
    const { served, watched } = await ready();
    watched.answer = (call) => {
      if (call === 'restart') watched.has(applied({ state: 'starting' }));
      return Promise.resolve();
    };
    const cancel = new AbortController();
    const restarted = outcome(served.bento.restartComponent('http', cancel.signal));
    await settle();
    if (end === 'cancel') cancel.abort();
    else await served.bento[end]();
    expect(await restarted).toBe('cancelled');
    expect(served.clock.waiting).toBe(0);
  });

  it('waits for a component that the engine does not list for a moment', async () => {
    const { served, watched } = await ready();
    watched.answer = () => {
      watched.has();
      return Promise.resolve();
    };
    const restarted = outcome(served.bento.restartComponent('http', signal));
    await settle();
    watched.has(applied());
    expect(await restarted).toBe('done');
  });

  it('of one that is not there is refused', async () => {
    const { served } = await ready();
    expect(await outcome(served.bento.restartComponent('runner:x', signal))).toBe('not-found');
    expect(await outcome(new Served().bento.restartComponent('http', signal))).toBe('not-found');
  });

  it('is what starts one that is not ready, and leaves alone one that is', async () => {
    const { served, watched } = await ready();
    await served.bento.startComponent('http', signal);
    expect(watched.calls).toEqual([]);
    watched.has(applied({ state: 'failed' }));
    watched.answer = () => Promise.resolve(watched.has(applied()));
    await served.bento.startComponent('http', signal);
    expect(watched.calls).toEqual(['restart http']);
  });
});

describe('a number of workers', () => {
  const { signal } = new AbortController();
  const two = [worker(), worker({ name: 'search-http-2', number: 2 })];

  it('is reached when that many are ready', async () => {
    const { served, watched } = await ready();
    watched.answer = () => {
      watched.has(applied({ state: 'starting', workers: two.slice(0, 1), replicas: 2 }));
      return Promise.resolve();
    };
    let isOver = false;
    const scaled = outcome(served.bento.scale('http', 2, signal)).finally(() => (isOver = true));
    await settle();
    expect(served.bento.components[0]?.details).toMatchObject({
      workersWanted: 2,
      workersAlive: 1,
    });
    // The engine has not noticed yet.
    watched.has(applied({ replicas: 1 }));
    await settle();
    expect(isOver).toBe(false);
    watched.has(applied({ workers: two, replicas: 2 }));
    expect(await scaled).toBe('done');
    expect(watched.calls).toEqual(['scale http 2']);
    expect(served.clock.waiting).toBe(0);
  });

  it('that something else sets is refused', async () => {
    const { served, watched } = await ready();
    const texts = problemTexts(
      say('scaleByAutoscalerSummary', { autoscaler: 'a', component: 'b' }),
    );
    watched.answer = () => Promise.reject(new ServeError({ code: 'engine-rejected', ...texts }));
    expect(await outcome(served.bento.scale('http', 2, signal))).toBe('engine-rejected');
  });

  it('that is not reached in time says why', async () => {
    const { served, watched } = await ready();
    const reason = say('podNotScheduled');
    const pending = worker({ name: 'search-http-2', number: 2, state: 'unhealthy', reason });
    const workers = [worker(), pending];
    watched.answer = () => {
      watched.has(applied({ state: 'unhealthy', reason, workers, replicas: 2 }));
      return Promise.resolve();
    };
    const scaled = served.bento.scale('http', 2, signal).catch(problemOf);
    await served.clock.pass(1_000 * defaultSettings.startTimeout);
    expect(await scaled).toMatchObject({
      code: 'start-timeout',
      message:
        'http does not have 2 ready replicas yet (waiting for a node). See its rows and logs.',
    });
  });

  it('is no longer waited for when it is cancelled or the bento stops', async () => {
    const { served, watched } = await ready();
    const cancel = new AbortController();
    const scaled = outcome(served.bento.scale('http', 2, cancel.signal));
    await settle();
    cancel.abort();
    expect(await scaled).toBe('cancelled');
    const other = outcome(served.bento.scale('http', 3, signal));
    await settle();
    await served.bento.stop();
    expect(await other).toBe('cancelled');
    expect(watched.calls).toEqual(['scale http 2', 'scale http 3', 'stop']);
  });
});

describe('a worker', () => {
  const { signal } = new AbortController();
  const request = { previous: false, tail: 1, signal, onOutput: () => undefined };

  it('has its own output and description', async () => {
    const { served, watched } = await ready();
    const printing = outcome(served.bento.printOutput('search-http-1', request));
    await settle();
    watched.logsFollowed.at(-1)?.end();
    expect(await printing).toBe('done');
    expect(await served.bento.describe('http', 'search-http-1', signal)).toBe('http search-http-1');
    expect(await served.bento.describe('http', undefined, signal)).toBe('http itself');
  });

  it('that is gone is named', async () => {
    const { served } = await ready();
    const printing = served.bento.printOutput('search-http-9', request).catch(problemOf);
    expect(await printing).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/^search-http-9 no longer exists\./) as string,
    });
    expect(await outcome(served.bento.describe('http', 'search-http-9', signal))).toBe('not-found');
    await served.bento.stop();
    expect(await outcome(served.bento.printOutput('search-http-1', request))).toBe('not-found');
  });
});

describe('an engine that does not answer', () => {
  it('is never shown as ready, and as before when it answers again', async () => {
    const { served, watched } = await ready();
    watched.lose(served.clock.date(), unreachable);
    expect(served.states).toBe('http unhealthy');
    const [http] = served.bento.components;
    const time = new Date(served.clock.date()).toTimeString().slice(0, 5);
    expect(http?.snapshot.problem).toMatchObject({
      code: 'engine-unreachable',
      message: `The state has been unknown since ${time}. The engine is not running.`,
      summary: `unknown since ${time} (The engine is not running.)`,
    });
    expect(http?.snapshot.workers).toMatchObject([{ state: 'unhealthy' }]);
    watched.has(applied());
    expect(served.states).toBe('http ready');
    expect(served.bento.components[0]?.snapshot.problem).toBeUndefined();
  });
});

describe('a bento that runs already', () => {
  it.each([
    { states: ['ready', 'ready'], wasReady: true },
    { states: ['ready', 'starting'], wasReady: false },
    { states: ['starting', 'backingOff'], wasReady: true },
    { states: ['failed', 'ready'], wasReady: true },
  ] as const)('with $states counts as ready before: $wasReady', ({ states, wasReady }) => {
    const [one, other] = states;
    const watched = new FakeApplied([
      applied({ state: one }),
      applied({ id: 'runner:a', state: other }),
    ]);
    const { bento } = new Served(watched);
    expect(bento.wasReady).toBe(wasReady);
    watched.has(applied());
    watched.has(applied({ state: 'starting' }));
    expect(bento.wasReady).toBe(true);
  });

  it('is left without a trace, and removed by a stop', async () => {
    const watched = new FakeApplied();
    const served = new Served(watched);
    const { bento, clock } = served;
    await bento.leave();
    // Its containers still need their files.
    expect(served.removals).toBe(0);
    expect(watched.calls).toEqual([]);
    expect(watched.isDisposed).toBe(true);
    expect(clock.waiting).toBe(0);
    const other = new FakeApplied();
    await new Served(other).bento.stop();
    expect(other.calls).toEqual(['stop']);
  });
});

it('warns of containers with the debugger that this window does not debug', () => {
  const engine = new FakeApplied([applied(), applied({ id: 'runner:a', isDebugged: true })]);
  const { bento } = new Served(engine);
  expect(bento.warnings).toEqual([{ kind: 'debuggerLeft' }]);
  engine.has(applied(), applied({ id: 'runner:a' }));
  expect(bento.warnings).toEqual([]);
  engine.has(applied({ isDebugged: true }));
  void bento.stop();
  expect(bento.warnings).toEqual([]);
});

it('keeps the objects of components that have not changed', () => {
  const [http, upper] = [applied(), applied({ id: 'runner:upper' })];
  const engine = new FakeApplied([http, upper]);
  const { bento } = new Served(engine);
  const before = bento.components;
  engine.has(http, applied({ id: 'runner:upper', state: 'unhealthy' }));
  expect(bento.components[0]).toBe(before[0]);
  expect(bento.components[1]?.snapshot.state).toBe('unhealthy');
  // All of them change when the engine does not answer, and again when it does.
  engine.lose(1, unreachable);
  expect(bento.components.map(({ snapshot }) => snapshot.state)).toEqual([
    'unhealthy',
    'unhealthy',
  ]);
  const silent = bento.components;
  expect(silent[0]).not.toBe(before[0]);
  engine.has(http, upper);
  expect(bento.components).toEqual(before);
});

it('computes the components once for each change', async () => {
  const { served, watched } = await ready();
  expect(served.bento.components).toBe(served.bento.components);
  const before = served.bento.components;
  watched.has(applied({ state: 'unhealthy' }));
  expect(served.bento.components).not.toBe(before);
});

it('stops watching the one before when it is applied anew', async () => {
  const served = new Served();
  const [first, second] = [new FakeApplied(), new FakeApplied()];
  served.apply = ({ onApplied }) => {
    onApplied?.(first);
    return Promise.resolve(second);
  };
  await served.start();
  expect([first.isDisposed, second.isDisposed]).toEqual([true, false]);
});

describe('what needs processes of this machine', () => {
  it('is refused in words', async () => {
    const { served } = await ready();
    const { bento } = served;
    await expect(bento.stopComponent('http')).rejects.toMatchObject({
      code: 'engine-failed',
      message: 'Search runs in containers and cannot be stopped separately. Stop the whole bento.',
    });
    expect(bento.workers()).toEqual([]);
    expect(await bento.dumpStacks()).toEqual([]);
  });
});

it('gives a shell in a worker that is there', async () => {
  const { served } = await ready();
  expect(served.bento.shell('search-http-1')).toMatchObject({ args: ['exec', 'search-http-1'] });
  expect(() => served.bento.shell('search-http-2')).toThrow(ServeError);
  await served.bento.leave();
  expect(() => served.bento.shell('search-http-1')).toThrow(ServeError);
});

it('a cancelled check does not apply anything', async () => {
  const served = new Served();
  served.prepare = () => Promise.reject(cancelled());
  served.apply = () => Promise.reject(new Error('applied'));
  const { signal } = new AbortController();
  expect(await outcome(served.bento.check(served.bento, signal))).toBe('cancelled');
});

it('ends when another window has removed it from Docker Compose', async () => {
  const engine = new FakeApplied();
  const served = new Served(engine);
  const gone = applied({ state: 'stopped', workers: [] });
  engine.lose(0, unreachable);
  expect(served.bento.problem?.code).toBe('engine-unreachable');
  expect(served.ended).toBe(0);
  engine.has(gone);
  await settle();
  expect(served.ended).toBe(1);
  expect(engine.isDisposed).toBe(true);
  expect(served.bento.problem).toBeUndefined();
});
