import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DebugChoice } from '../../src/core/debug/debug-choice';
import type { ComponentLog } from '../../src/core/logs/component-log';
import { PlanCache } from '../../src/core/plan/plan-cache';
import type { Plan } from '../../src/core/plan/plan';
import { problemOf } from '../../src/core/problem';
import { defaultSettings } from '../../src/core/settings/default-settings';
import type { ServeSettings } from '../../src/core/settings/serve-settings';
import { HelperPool } from '../../src/core/target/local/fork-server/helper-pool';
import type { StoredPlans } from '../../src/core/plan/stored-plans';
import type { ServedWith } from '../../src/core/target/local/fork-server/served-before';
import { stickyPorts } from '../../src/core/target/local/ports/sticky-ports';
import { Preparation } from '../../src/core/target/local/prepare/preparation';
import { baseRequest, type prepare } from '../../src/core/target/local/prepare/prepared-serve';
import { serveParts } from '../../src/core/target/local/serve-parts';
import { ServedBento } from '../../src/core/target/local/served-bento';
import type { ServeContext, ServeRequest } from '../../src/core/target/serve-request';
import { discovered } from './bentos';
import { FakeProcessHost, HeldWire, type FakeProgram } from './fake-process-host';
import { ManualClock } from './manual-clock';
import { entry, inner, planOf } from './plans';
import { quietLog } from './quiet-log';
import { settle } from './settle';
import { FakeProbe } from './supervised';

export interface ServedOnFakesOptions {
  /** Plans of earlier windows. Default: there are none. */
  readonly storedPlans?: Pick<StoredPlans, 'read' | 'write' | 'remove'>;
  readonly settings?: Partial<ServeSettings>;
  /** What workers do. Default: they serve. */
  readonly program?: (process: string) => FakeProgram;
  /** A helper waits, with a fork server. Default: a new one is started. */
  readonly isWarm?: boolean;
  /** Default: it answers that it is ready. */
  readonly probe?: FakeProbe;
  /** What is debugged from the start. */
  readonly debug?: DebugChoice;
}

/** Everything that is held back in this way is delivered by a test, in the order of its choice. */
const never = new Promise<never>(() => undefined);

/** Real directories: a test waits for what they take, and fails after this many turns of the event loop. */
const mostTurns = 200_000;

/** A bento that is served by fakes: no Python, no network, time by hand, each message when the test delivers it. */
export class ServedOnFakes {
  readonly clock = new ManualClock();
  readonly wire = new HeldWire();
  readonly log = quietLog();
  readonly hosts: FakeProcessHost[] = [];
  readonly servedBefore = new Map<string, ServedWith>();
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'served-on-fakes-'));
  readonly probe: FakeProbe;
  readonly pool: HelperPool;
  readonly served: ServedBento;
  readonly cancel = new AbortController();
  /** How requests ended, in the order of their ends. */
  readonly outcomes: string[] = [];
  /** What BentoML says it would run. */
  plan: Plan;
  /** How often it was planned. */
  plans = 0;
  ends = 0;
  /** The lines in the logs of components, and what their processes wrote. */
  readonly logged: string[] = [];
  /** Answers the question before addresses are leased. */
  confirm = (): Promise<void> => Promise.resolve();
  readonly #options: ServedOnFakesOptions;

  constructor(options: ServedOnFakesOptions = {}) {
    this.#options = options;
    this.probe = options.probe ?? new FakeProbe();
    this.plan = planOf([inner, entry], {
      workingDir: this.folder,
      sources: [this.path('service.py')],
    });
    this.save('service.py', 'first');
    const context = this.#context();
    this.pool = new HelperPool(
      context,
      () => undefined,
      async (_, { folder }, key, cancel) => {
        await new Promise<void>((resolve) => this.wire.carry('helper', resolve));
        cancel.throwIfAborted();
        const helper = new FakeProcessHost({
          wire: this.wire,
          program: ({ process }) => this.#program(process),
        });
        this.hosts.push(helper);
        return {
          ...{ key, folder, helper, directory: this.path('run'), stack: 'service' },
          ended: helper.ended,
          canPlan: Promise.resolve(true),
          forkServer: Promise.resolve(undefined),
          forkServerLost: () => undefined,
          prioritize: () => Promise.resolve(),
          isWhole: () =>
            new Promise((resolve) => this.wire.carry('directory', () => resolve(true))),
        };
      },
    );
    this.served = new ServedBento(context, this.pool, this.#request(), async (parts, cancel) => {
      const preparation = new FakedProbes(parts, this.probe);
      return { base: parts.base, preparation, plan: await preparation.plan(cancel) };
    });
    this.served.onDidEnd(() => (this.ends += 1));
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  save(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** The names of what runs, and `no helper` where there is none. */
  get living(): readonly string[] {
    return this.hosts.filter(({ isOver }) => !isOver).flatMap(({ living }) => living);
  }

  get states(): Readonly<Record<string, string>> {
    const states = this.served.components.map(({ id, snapshot }) => [id, snapshot.state] as const);
    return Object.fromEntries(states);
  }

  /** Follows a request: its outcome is `NAME done`, or `NAME CODE`. */
  follow(name: string, work: Promise<unknown>): void {
    work.then(
      () => this.outcomes.push(`${name} done`),
      (error: unknown) => this.outcomes.push(`${name} ${problemOf(error).code}`),
    );
  }

  start(): void {
    this.follow('start', this.served.start(this.cancel.signal));
  }

  stop(): void {
    this.follow('stop', this.served.stop());
  }

  has(outcome: string): boolean {
    return this.outcomes.some((one) => one.split(' ')[0] === outcome);
  }

  /** Lets everything happen until a message waits to be delivered, or `isDone`. */
  async next(isDone: () => boolean): Promise<string | undefined> {
    for (let turn = 0; turn < mostTurns; turn++) {
      await nextTurn();
      await settle();
      const [label] = this.wire.labels;
      if (label !== undefined) return label;
      if (isDone()) return undefined;
      // Where the workers of all that starts run, only probes are waited for.
      if (this.#isWaitingForProbes) await this.clock.pass(100);
    }
    throw new Error(`nothing happens any more; ${JSON.stringify(this.states)}`);
  }

  /** Delivers everything until `isDone`. */
  async run(isDone: () => boolean): Promise<void> {
    for (;;) {
      const label = await this.next(isDone);
      if (label === undefined) return;
      await this.wire.deliver(label);
    }
  }

  /** Starts it, and delivers everything until it is ready or has failed. */
  async ready(): Promise<void> {
    this.start();
    await this.run(() => this.has('start'));
  }

  /** Ends the helpers that wait, and everything on disk. */
  async dispose(): Promise<void> {
    const ended = { isDone: false };
    void this.pool.endIdle().then(() => (ended.isDone = true));
    await this.run(() => ended.isDone);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A helper waits for the serve. */
  async warm(): Promise<void> {
    if (this.#options.isWarm !== true) return;
    const warmed = { isDone: false };
    const acquired = this.pool.acquire(
      baseRequest(serveParts(this.#context(), this.#request())),
      new AbortController().signal,
    );
    void acquired.then((base) => this.pool.release(base)).then(() => (warmed.isDone = true));
    await this.run(() => warmed.isDone);
  }

  get #isWaitingForProbes(): boolean {
    const starting = this.served.components.filter(({ snapshot }) => snapshot.state === 'starting');
    return starting.length > 0 && starting.every(({ snapshot }) => snapshot.pids.length > 0);
  }

  #program(process: string): FakeProgram {
    if (process !== 'plan' && process !== 'check') return this.#options.program?.(process) ?? {};
    this.plans += 1;
    const { workingDir: _, ...line } = this.plan;
    return {
      writes: `${JSON.stringify({ type: 'plan', ...line })}\n`,
      ends: { code: 0, signal: null },
    };
  }

  #context(): ServeContext {
    const unused = (): Promise<never> => never;
    return {
      ...{ clock: this.clock, log: this.log, platform: 'linux', processEnv: {} },
      ...{ scripts: '/scripts', runFiles: '/runs', bytecode: '/bytecode', warmIdleMs: 600_000 },
      assertTrusted: () => undefined,
      random: () => 0.5,
      stickyPorts: stickyPorts({ get: () => undefined, update: () => Promise.resolve() }),
      planCache: new PlanCache(() => Promise.resolve(this.#options.storedPlans)),
      servedBefore: { add: (bento, served) => void this.servedBefore.set(bento, served) },
      isDebugging: () => false,
      confirmExposures: () => this.confirm(),
      confirmVariables: () => Promise.resolve(),
      loadHealthClient: unused,
      forwardedHosts: () => Promise.resolve([]),
      keyPassword: unused,
    };
  }

  #request(): ServeRequest {
    const settings: ServeSettings = {
      ...defaultSettings,
      launcher: 'workers',
      http: { ...defaultSettings.http, port: 3000 },
      runners: { Inner: { port: 3001 }, Other: { port: 3002 } },
      ...this.#options.settings,
    };
    const bento = discovered({ folder: this.folder, workingDir: this.folder });
    return {
      ...{ bento, settings, settingsFiles: new Map(), env: {}, fileVariables: {}, tls: {} },
      interpreter: {
        ...{ path: '/python', version: '3.12.1', bentomlVersion: '1.4.38', origin: 'the test' },
      },
      logFor: (component) =>
        ({
          ...quietComponentLog,
          event: (text: string) => this.logged.push(`${component}: ${text}`),
          write: (text: string) => void this.logged.push(`${component}: ${text}`),
        }) as unknown as ComponentLog,
      onPhase: () => undefined,
      debug: () => this.#options.debug,
    };
  }
}

class FakedProbes extends Preparation {
  readonly #probe: FakeProbe;

  constructor(parts: Parameters<typeof prepare>[0], probe: FakeProbe) {
    super(parts);
    this.#probe = probe;
  }

  override async assemble(...asked: Parameters<Preparation['assemble']>) {
    const components = await super.assemble(...asked);
    return components.map(({ errorTotal: _, ...component }) => ({
      ...component,
      makeProbe: () => this.#probe,
    }));
  }
}

const quietComponentLog = {
  event: () => undefined,
  ended: () => undefined,
  write: () => undefined,
  output: { tail: () => '' },
  recentOutput: { take: () => ({ all: '', streams: [] }) },
};
