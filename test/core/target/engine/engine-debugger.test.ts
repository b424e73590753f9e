import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { DebugChoice } from '../../../../src/core/debug/debug-choice';
import type { DebuggedWorker } from '../../../../src/core/debug/debugged-worker';
import type { Problem } from '../../../../src/core/model';
import { problemOf, ServeError } from '../../../../src/core/problem';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import { EngineBento, type PreparedBento } from '../../../../src/core/target/engine/engine-bento';
import type { EngineDebugStart } from '../../../../src/core/target/engine/debug/engine-debugger';
import { discovered } from '../../../support/bentos';
import { applied, FakeApplied, worker } from '../../../support/fake-applied';
import { fakeLog } from '../../../support/fake-engine';
import { ManualClock } from '../../../support/manual-clock';
import { planned, planOf } from '../../../support/plans';
import { settle } from '../../../support/settle';
import { until } from '../../../support/until';

const refused: Problem = { code: 'engine-failed', message: 'The engine refused it.' };
const options = { debugpy: '/env/lib', subProcess: true };
const ranker = 'service:Ranker';

/** A served bento with two components, whose debug adapters a test plays. */
class Debugged {
  readonly clock = new ManualClock();
  readonly bento: EngineBento;
  /** The options of each apply. */
  readonly starts: (EngineDebugStart | undefined)[] = [];
  readonly attached: string[] = [];
  /** The tokens whose files were removed, or `all`. */
  readonly removed: string[] = [];
  readonly failed: string[] = [];
  engine = new FakeApplied([applied(), applied({ id: ranker })]);
  apply: PreparedBento['apply'] = () => Promise.resolve(this.engine);
  /** The components that are debugged from the start. */
  choice: DebugChoice | undefined;
  platform: NodeJS.Platform = 'linux';

  constructor() {
    const plan = planOf([
      planned({ id: 'http', kind: 'http' }),
      planned({ id: ranker, name: 'Ranker', kind: 'service' }),
    ]);
    this.bento = new EngineBento({
      clock: this.clock,
      platform: 'linux',
      engine: { kind: 'compose' },
      request: { bento: discovered(), settings: defaultSettings },
      logFor: () => fakeLog(),
      onPhase: () => undefined,
      code: {
        log: { info: () => undefined },
        serveAgain: () => Promise.resolve(),
        replan: () => Promise.resolve(plan),
      },
      debug: () => this.choice,
      removeFiles: (start) => Promise.resolve(void this.removed.push(start?.token ?? 'all')),
      prepare: () =>
        Promise.resolve({
          ...{ plan, mountsSource: false },
          apply: (own) => {
            this.starts.push(own.debug);
            return this.apply(own);
          },
        }),
    });
    this.bento.debugger.onDidAttach(({ name }) => this.attached.push(name));
    this.bento.debugger.onDidFail(({ message }) => this.failed.push(message));
  }

  async start(): Promise<void> {
    await this.bento.start(new AbortController().signal);
  }

  get debugged(): readonly (readonly string[] | undefined)[] {
    return this.starts.map((start) => start?.components);
  }

  /** The other end of the last connection to a worker, and the first line that it got. */
  async connection(name: string): Promise<{ readonly end: Duplex; readonly hello: object }> {
    let end: Duplex | undefined;
    await until('a connection', () => {
      end = this.engine.connections.findLast((one) => one.worker === name)?.end;
      return end !== undefined;
    });
    if (end === undefined) throw new Error('there is no connection');
    const line = await new Promise<string>((resolve) =>
      end?.once('data', (data) => resolve(String(data))),
    );
    return { end, hello: JSON.parse(line) as object };
  }

  /** The worker reports that it has attached, or why it could not. */
  async report(name: string, failure: object | null = null): Promise<Duplex> {
    const { end } = await this.connection(name);
    end.write(`${JSON.stringify({ pid: 7, failure })}\n`);
    return end;
  }
}

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => problemOf(error).message,
  );

async function served(): Promise<Debugged> {
  const one = new Debugged();
  await one.start();
  return one;
}

async function attachedTo(one: Debugged): Promise<{ worker: DebuggedWorker; end: Duplex }> {
  const attaching = one.bento.attachDebugger(ranker, options);
  const end = await one.report('search-service-Ranker-1');
  const [attached] = await attaching;
  if (attached === undefined) throw new Error('nothing is attached');
  return { worker: attached, end };
}

describe('a component on an engine', () => {
  it('is started with the debugger, and without it afterwards', async () => {
    const one = await served();
    const { worker: attached } = await attachedTo(one);
    expect(attached).toMatchObject({ name: 'Ranker', component: ranker, pid: 7 });
    expect(one.debugged).toEqual([undefined, [ranker]]);
    expect(one.starts[1]).toMatchObject({ options, raisesLimits: false });
    expect(one.bento.debugger.stateOf(ranker)).toBe('attached');
    expect(one.bento.debugger.stateOf('http')).toBeUndefined();
    expect(one.bento.hasRaisedLimits).toBe(false);

    await one.bento.debugger.detach();
    expect(one.debugged).toEqual([undefined, [ranker], undefined]);
    expect(one.bento.debugger.workers).toEqual([]);
    expect(one.bento.debugger.isDebugging()).toBe(false);
  });

  it('has connections to its debug adapter, each of which shows the token', async () => {
    const one = await served();
    const { worker: attached } = await attachedTo(one);
    const session = attached.connect();
    const { end, hello } = await one.connection('search-service-Ranker-1');
    expect(hello).toEqual({ token: one.starts[1]?.token, kind: 'session' });
    end.write('from the adapter');
    const text = await new Promise((resolve) =>
      session.once('data', (data) => resolve(String(data))),
    );
    expect(text).toBe('from the adapter');
    // A worker that is paused goes on when its sessions end.
    await one.bento.debugger.detach();
    expect(session.destroyed).toBe(true);
  });

  it('is paused while a session is', async () => {
    const one = await served();
    const { worker: attached } = await attachedTo(one);
    one.bento.debugger.setPaused(attached.socket, 'session', true);
    expect(one.bento.debugger.stateOf(ranker)).toBe('paused');
    one.bento.debugger.setPaused(attached.socket, 'session', false);
    expect(one.bento.debugger.stateOf(ranker)).toBe('attached');
  });

  it('attaches again when its container is started again', async () => {
    const one = await served();
    const { end } = await attachedTo(one);
    end.end();
    await until('its end', () => one.bento.debugger.stateOf(ranker) === undefined);
    const name = 'search-service-Ranker-1';
    one.engine.has(
      applied(),
      applied({ id: ranker, workers: [worker({ name, component: ranker, startedAt: 1 })] }),
    );
    await one.report(name);
    await until('the next worker', () => one.attached.length === 2);
    expect(one.bento.debugger.stateOf(ranker)).toBe('attached');
  });

  it('that cannot be attached is started again without the debugger, and says why', async () => {
    const one = await served();
    const attaching = outcome(one.bento.attachDebugger(ranker, options));
    await one.report('search-service-Ranker-1', { code: 'already-debugged', message: 'it is' });
    expect(await attaching).toMatch(
      /^Ranker cannot be debugged: its code has started debugpy itself/,
    );
    expect(one.failed).toHaveLength(1);
    expect(one.debugged).toEqual([undefined, [ranker], undefined]);
  });

  it('that does not report in time is started again without the debugger', async () => {
    const one = await served();
    const attaching = outcome(one.bento.attachDebugger(ranker, options));
    await settle();
    await one.clock.pass(60_000);
    expect(await attaching).toMatch(/^Ranker cannot be debugged: it could not connect/);
    expect(one.debugged).toEqual([undefined, [ranker], undefined]);
  });

  it('that the engine does not start again is not debugged', async () => {
    const one = await served();
    one.apply = () => Promise.reject(new ServeError(refused));
    expect(await outcome(one.bento.attachDebugger(ranker, options))).toBe(refused.message);
    expect(one.bento.debugger.isDebugging()).toBe(false);
    // It is still served and watched.
    expect(one.bento.components.map(({ snapshot }) => snapshot.state)).toEqual(['ready', 'ready']);
  });

  it('does not warn of a left debugger while debugging begins or ends', async () => {
    const one = await served();
    const warnings: number[] = [];
    one.bento.onDidChange(() => warnings.push(one.bento.warnings.length));
    await attachedTo(one);
    one.engine.has(applied(), applied({ id: ranker, isDebugged: true }));
    one.apply = async () => {
      one.engine.has(applied(), applied({ id: ranker, isDebugged: true }));
      await settle();
      one.engine.has(applied(), applied({ id: ranker }));
      return one.engine;
    };
    await one.bento.debugger.detach();
    expect(new Set(warnings)).toEqual(new Set([0]));
  });

  it('that the engine cannot start again without the debugger is reported', async () => {
    const one = await served();
    await attachedTo(one);
    one.engine.has(applied(), applied({ id: ranker, isDebugged: true }));
    const seen: number[] = [];
    one.bento.onDidChange(() => seen.push(one.bento.warnings.length));
    one.apply = () => Promise.reject(new ServeError(refused));
    const message = `${refused.message} The containers of search may still run with the debugger. Restart the bento.`;
    expect(await outcome(one.bento.debugger.detach())).toMatch(new RegExp(message, 'i'));
    expect(one.failed).toHaveLength(1);
    expect(seen.at(-1)).toBe(1);
  });

  it('is added to those that are debugged, which are not started again', async () => {
    const one = await served();
    await attachedTo(one);
    const attaching = one.bento.attachDebugger('http', options);
    await one.report('search-http-1');
    await attaching;
    expect(one.debugged).toEqual([undefined, [ranker], ['http', ranker]]);
    expect(one.starts[2]?.token).toBe(one.starts[1]?.token);
    await one.bento.debugger.detach(ranker);
    expect(one.debugged.at(-1)).toEqual(['http']);
  });
});

describe('a bento that is debugged from its start', () => {
  it('has the debugger in its first containers, with raised time limits', async () => {
    const one = new Debugged();
    one.choice = options;
    const starting = one.start();
    await one.report('search-http-1');
    await one.report('search-service-Ranker-1');
    await starting;
    expect(one.debugged).toEqual([['http', ranker]]);
    expect(one.starts[0]?.raisesLimits).toBe(true);
    expect(one.bento.hasRaisedLimits).toBe(true);
    await until('both', () => one.attached.length === 2);
  });

  it('has no connection any more once it is stopped', async () => {
    const one = await served();
    const { worker: attached } = await attachedTo(one);
    const session = attached.connect();
    await one.bento.stop();
    expect(session.destroyed).toBe(true);
    expect(one.debugged).toEqual([undefined, [ranker]]);
    expect(one.removed).toEqual(['all']);
  });

  it('removes only its own file when another window has removed the bento, which may serve it again', async () => {
    const one = await served();
    await attachedTo(one);
    const gone = [
      applied({ state: 'stopped', workers: [] }),
      applied({ id: ranker, state: 'stopped', workers: [] }),
    ];
    one.engine.has(...gone);
    expect(one.removed).toEqual([one.starts[1]?.token]);
    const other = await served();
    other.engine.has(...gone);
    expect(other.removed).toEqual([]);
  });
});
