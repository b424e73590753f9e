import type { LogText } from '../../src/core/log';
import { Emitter } from '../../src/core/events';
import type { ExitStatus } from '../../src/core/programs/exit-status';
import { HelperRefusal } from '../../src/core/target/local/helper/helper-connection';
import type {
  HelperDebugger,
  HelperOutput,
  HelperProfile,
  HelperWorkers,
  ForkServerDeath,
} from '../../src/core/target/local/helper/helper-messages';
import {
  forkServerProcess,
  type AttachSpec,
  type BindSpec,
  type ManagedProcess,
  type ProcessHost,
  type ProcessSpec,
  type ProfileSpec,
  type StacksFile,
  type ForkServerListeners,
  type ForkServerSpec,
} from '../../src/core/target/local/helper/process-host';
import { spawnRefusal } from '../../src/core/programs/spawn-refusal';

/** Carries messages between the extension and the host. */
export interface Wire {
  /** `label`: `spawn http#1` on its way there, `spawn http#1 reply`, `exit http#1` and the like on the way back. */
  carry(label: string, arrive: () => void): void;
}

/** Delivers everything at once and in order, as a pipe does. */
export const pipe: Wire = { carry: (_, arrive) => queueMicrotask(arrive) };

/** Holds what is sent until a test delivers it, in any order, or loses it. */
export class HeldWire implements Wire {
  #held: readonly { readonly label: string; readonly arrive: () => void }[] = [];

  get labels(): readonly string[] {
    return this.#held.map(({ label }) => label);
  }

  carry(label: string, arrive: () => void): void {
    this.#held = [...this.#held, { label, arrive }];
  }

  /** Delivers the first message with this label. */
  async deliver(label: string): Promise<void> {
    this.#take(label).arrive();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  /** Delivers everything, and what is sent in consequence, in order. */
  async deliverAll(): Promise<void> {
    for (let first = this.labels[0]; first !== undefined; first = this.labels[0]) {
      await this.deliver(first);
    }
  }

  lose(label: string): void {
    this.#take(label);
  }

  #take(label: string): { readonly arrive: () => void } {
    const index = this.labels.indexOf(label);
    const found = this.#held[index];
    if (found === undefined) throw new Error(`no ${label} among ${this.labels.join(', ')}`);
    this.#held = this.#held.filter((_, at) => at !== index);
    return found;
  }
}

/** What a program of the fake does. */
export interface FakeProgram {
  /** The system refuses to start it with this errno. */
  readonly refused?: string;
  /** It ignores polite signals, at the moment when they come. Default: false. */
  readonly stubborn?: boolean | (() => boolean);
  /** It waits for connections. Default: true. */
  readonly accepts?: boolean;
  /** It ends by itself as soon as it runs. */
  readonly ends?: ExitStatus;
  /** It writes this as soon as it runs. */
  readonly writes?: string;
  /** So many workers are started by it; only of an arbiter. Default: 0. */
  readonly workers?: number;
}

interface FakeProcess {
  readonly spec: Pick<ProcessSpec, 'process' | 'group' | 'arbiter' | 'debug'>;
  readonly program: FakeProgram;
  readonly pid: number;
  workers: readonly number[];
}

export interface FakeHostOptions {
  readonly wire?: Wire;
  /** What it runs. Default: a program that serves until it is asked to end. */
  readonly program?: (spec: ProcessSpec) => FakeProgram;
  /** Why workers cannot attach to a debugger; `silent` ones never report. Default: they can. */
  readonly debugger?: HelperDebugger['failure'] | 'silent' | undefined;
  /**
   * How profiles of workers end: with a failure, not before they are ended (`begins`), or without having begun
   * (`silent`). Default: at once.
   */
  readonly profile?: HelperProfile['failure'] | 'begins' | 'silent' | undefined;
  /** Where workers write their stacks. Default: they cannot. */
  readonly stacks?: StacksFile | undefined;
  /** How the start of a fork server ends. Default: workers can be forked. */
  readonly forkServer?: LogText | ForkServerDeath;
  /** Ports that another program has. */
  readonly takenPorts?: ReadonlySet<number>;
}

const ended: ExitStatus = { code: null, signal: 'SIGTERM' };
const killed: ExitStatus = { code: null, signal: 'SIGKILL' };

/** Keeps processes as data: what `Helper` does, without Python. `test/real/process-host.test.ts` compares them. */
export class FakeProcessHost implements ProcessHost {
  readonly #options: FakeHostOptions;
  readonly #wire: Wire;
  readonly #output = new Emitter<HelperOutput>();
  readonly #workers = new Emitter<HelperWorkers>();
  readonly #debugger = new Emitter<HelperDebugger>();
  readonly #profile = new Emitter<HelperProfile>();
  readonly #ended = Promise.withResolvers<ExitStatus>();
  /** On the side of the extension: who waits for an exit, and for a reply. */
  readonly #awaited = new Map<string, (status: ExitStatus) => void>();
  readonly #waiting = new Set<(error: Error) => void>();
  /** On the side of the host. */
  readonly #living = new Map<string, FakeProcess>();
  readonly #leases = new Map<string, { readonly fd: number; readonly port: number }>();
  readonly #kept = new Set<string>();
  readonly #stopped = new Set<number>();
  /** What workers are to attach to that have not asked yet, by their pids. */
  readonly #expected = new Map<number, string>();
  /** The pids of workers that are being profiled, by the files that they write. */
  readonly #profiled = new Map<string, number>();
  #nextPid = 1000;
  #nextFd = 10;
  #nextPort = 40_000;
  #isOver = false;
  /** All requests, in the order in which they were sent. */
  readonly requests: string[] = [];

  constructor(options: FakeHostOptions = {}) {
    this.#options = options;
    this.#wire = options.wire ?? pipe;
  }

  readonly ended = this.#ended.promise;
  readonly onOutput = this.#output.event;
  readonly onWorkers = this.#workers.event;
  readonly onDebugger = this.#debugger.event;
  readonly onProfile = this.#profile.event;

  /** The names of the processes that live, on the side of the host. */
  get living(): readonly string[] {
    return [...this.#living.keys()];
  }

  /** The names of the leases that are held. */
  get leases(): readonly string[] {
    return [...this.#leases.keys()];
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  async spawn(spec: ProcessSpec): Promise<ManagedProcess> {
    const { process: name } = spec;
    const exited = new Promise<ExitStatus>((resolve) => this.#awaited.set(name, resolve));
    try {
      const pid = await this.#request(`spawn ${name}`, () => this.#start(spec));
      return { name, pid, exited };
    } catch (error) {
      this.#awaited.delete(name);
      throw error;
    }
  }

  terminate(group: string): Promise<void> {
    return this.#request(`terminate ${group}`, () => this.#askToEnd(group));
  }

  retire(group: string): Promise<void> {
    return this.#request(`retire ${group}`, () => this.#askToEnd(group));
  }

  kill(group: string): Promise<number> {
    return this.#request(`kill ${group}`, () => {
      const members = this.#of(group);
      for (const one of members) this.exit(one.spec.process, killed);
      return members.reduce((sum, { workers }) => sum + 1 + workers.length, 0);
    });
  }

  accepting(group: string): Promise<boolean | undefined> {
    return this.#request(`accepting ${group}`, () =>
      this.#of(group).every(({ program }) => program.accepts ?? true),
    );
  }

  listens(group: string): Promise<boolean | undefined> {
    return this.#request(`listens ${group}`, () => this.#of(group).length > 0);
  }

  stopped(group: string): Promise<readonly number[]> {
    return this.#request(`stopped ${group}`, () =>
      this.#of(group).flatMap(({ pid }) => (this.#stopped.has(pid) ? [pid] : [])),
    );
  }

  bind({ lease, port = 0, path }: BindSpec): Promise<{ fd: number; port: number }> {
    return this.#request(`bind ${lease}`, () => {
      const isHeld = [...this.#leases.values()].some((held) => port !== 0 && held.port === port);
      if (isHeld || this.#options.takenPorts?.has(port) === true) {
        const holder = { pid: 4711, name: 'another' };
        throw new HelperRefusal('EADDRINUSE', 'Address already in use', holder);
      }
      const free = path === undefined ? this.#nextPort++ : 0;
      const held = { fd: this.#nextFd++, port: port === 0 ? free : port };
      this.#leases.set(lease, held);
      return held;
    });
  }

  release(lease: string): Promise<void> {
    return this.#request(`release ${lease}`, () => void this.#leases.delete(lease));
  }

  keep(text: string): Promise<string> {
    return this.#request('keep', () => {
      this.#kept.add(text);
      return `/kept/${this.#kept.size}`;
    });
  }

  async startForkServer(
    spec: ForkServerSpec,
    { onCanPlan }: ForkServerListeners,
  ): Promise<LogText | ForkServerDeath | undefined> {
    const own = { ...spec, process: forkServerProcess, group: forkServerProcess };
    this.#awaited.set(forkServerProcess, () => undefined);
    await this.#request('fork-server', () => this.#run(own, {}));
    const { forkServer } = this.#options;
    if (forkServer === undefined) onCanPlan();
    else this.exit(forkServerProcess, killed);
    return forkServer;
  }

  prioritizeForkServer(): Promise<void> {
    return this.#request('prioritize', () => undefined);
  }

  reset(): Promise<void> {
    return this.#request('reset', () => {
      for (const name of this.living) if (name !== forkServerProcess) this.exit(name, killed);
      this.#leases.clear();
      this.#kept.clear();
    });
  }

  attachDebugger(pid: number, { adapter }: AttachSpec): Promise<void> {
    return this.#request(`attach ${pid} to ${adapter}`, () => {
      this.#checkOurs(pid);
      this.#expect(pid, adapter);
    });
  }

  withdrawAttach(adapter: string): Promise<void> {
    return this.#request(`withdraw ${adapter}`, () => {
      for (const [pid, one] of this.#expected) if (one === adapter) this.#expected.delete(pid);
    });
  }

  profile(pid: number, { file }: ProfileSpec): Promise<void> {
    return this.#request(`profile ${pid}`, () => {
      this.#checkOurs(pid);
      const { profile: how = null } = this.#options;
      if (how === 'silent') return;
      const report = (done: boolean, failure: HelperProfile['failure']): void =>
        this.#carryBack(`profile ${pid}`, () =>
          this.#profile.fire({ event: 'profile', pid, file, done, failure }),
        );
      this.#profiled.set(file, pid);
      if (how === null || how === 'begins') report(false, null);
      if (how !== 'begins') report(true, how);
    });
  }

  endProfile(file: string): Promise<void> {
    return this.#request('endProfile', () => {
      const pid = this.#profiled.get(file);
      if (pid === undefined) return;
      const failure = { code: 'gone', message: 'it left without a report' };
      const event = { event: 'profile' as const, pid, file, done: true, failure };
      this.#carryBack(`profile ${pid}`, () => this.#profile.fire(event));
    });
  }

  dumpStacks(pid: number): Promise<StacksFile> {
    return this.#request(`stacks ${pid}`, () => {
      this.#checkOurs(pid);
      const { stacks } = this.#options;
      if (stacks === undefined) throw new HelperRefusal('NotArmed', `${pid} does not wait for it`);
      return stacks;
    });
  }

  #checkOurs(pid: number): void {
    const isOurs = [...this.#living.values()].some((one) => one.pid === pid);
    if (!isOurs) throw new HelperRefusal('ESRCH', `${pid} is none of our processes`);
  }

  hold(): void {
    // It has no output of its own.
  }

  async end(): Promise<void> {
    this.requests.push('end');
    this.#wire.carry('end', () => this.die({ code: 0, signal: null }));
    await this.ended;
  }

  /** A process ends. */
  exit(name: string, status: ExitStatus = killed): void {
    const pid = this.#living.get(name)?.pid;
    if (pid === undefined) return;
    this.#living.delete(name);
    const adapter = this.#expected.get(pid);
    this.#expected.delete(pid);
    const failure = { code: 'gone', message: 'it ended before it asked what to do' };
    if (adapter !== undefined) this.#reportDebugger(pid, adapter, failure);
    this.#carryBack(`exit ${name}`, () => this.#exited(name, status));
  }

  /** A signal stops a process, or another one wakes it. */
  suspend(name: string, isStopped = true): void {
    const pid = this.#living.get(name)?.pid ?? 0;
    if (isStopped) this.#stopped.add(pid);
    else this.#stopped.delete(pid);
  }

  /** The workers of an arbiter are others now. */
  setWorkers(name: string, alive: readonly number[]): void {
    const one = this.#living.get(name);
    if (one === undefined) return;
    const died = one.workers.filter((pid) => !alive.includes(pid));
    one.workers = alive;
    this.#carryBack(`workers ${name}`, () =>
      this.#workers.fire({ ...event(name), alive: [...alive], died }),
    );
  }

  /** The worker of an arbiter that has this pid ends. */
  endWorker(pid: number): void {
    for (const [name, { workers }] of this.#living) {
      if (workers.includes(pid)) {
        const others = workers.filter((one) => one !== pid);
        this.setWorkers(name, others);
      }
    }
  }

  /** The host ends, and with it everything it started. */
  die(status: ExitStatus = killed): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#living.clear();
    this.#leases.clear();
    for (const reject of this.#waiting) reject(gone());
    this.#waiting.clear();
    for (const name of [...this.#awaited.keys()]) this.#exited(name, killed);
    this.#ended.resolve(status);
  }

  async #request<T>(label: string, work: () => T): Promise<T> {
    if (this.#isOver) throw gone();
    this.requests.push(label);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      const reply = (settle: () => void): void =>
        this.#carryBack(`${label} reply`, () => {
          this.#waiting.delete(reject);
          settle();
        });
      this.#wire.carry(label, () => {
        if (this.#isOver) return;
        try {
          const result = work();
          reply(() => resolve(result));
        } catch (error) {
          reply(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      });
    });
  }

  /** Nothing comes from a host that has ended. */
  #carryBack(label: string, arrive: () => void): void {
    this.#wire.carry(label, () => {
      if (!this.#isOver) arrive();
    });
  }

  #start(spec: ProcessSpec): number {
    const program = this.#options.program?.(spec) ?? {};
    const { refused } = program;
    if (refused !== undefined) throw spawnRefusal(spec, refused, `[Errno] ${refused}`);
    return this.#run(spec, program);
  }

  #run(spec: FakeProcess['spec'], program: FakeProgram): number {
    const { process: name, arbiter } = spec;
    const pid = this.#nextPid++;
    this.#living.set(name, { spec, program, pid, workers: [] });
    const { debug } = spec;
    if (debug !== undefined) queueMicrotask(() => this.#expect(pid, debug.adapter));
    const { writes, ends, workers = 0 } = program;
    // After the reply.
    queueMicrotask(() => {
      if (writes !== undefined) this.write(name, writes);
      if (arbiter === true) this.setWorkers(name, pidsFrom(this.#nextPid, workers));
      this.#nextPid += workers;
      if (ends !== undefined) this.exit(name, ends);
    });
    return pid;
  }

  /** The worker asks what it is to attach to. It does so by itself, unless it is silent. */
  askHelper(pid: number): void {
    const adapter = this.#expected.get(pid);
    if (adapter === undefined) return;
    this.#expected.delete(pid);
    const { debugger: failure = null } = this.#options;
    this.#reportDebugger(pid, adapter, failure === 'silent' ? null : failure);
  }

  #expect(pid: number, adapter: string): void {
    this.#expected.set(pid, adapter);
    if (this.#options.debugger !== 'silent') this.askHelper(pid);
  }

  #reportDebugger(pid: number, adapter: string, failure: HelperDebugger['failure']): void {
    const event = { event: 'debugger' as const, pid, adapter, failure };
    this.#carryBack(`debugger ${pid}`, () => this.#debugger.fire(event));
  }

  write(name: string, text: string, stream: HelperOutput['stream'] = 'stdout'): void {
    this.#carryBack(`output ${name}`, () => this.#output.fire({ process: name, stream, text }));
  }

  #askToEnd(group: string): void {
    for (const { spec, program } of this.#of(group)) {
      const { stubborn = false } = program;
      if (!(typeof stubborn === 'function' ? stubborn() : stubborn)) this.exit(spec.process, ended);
    }
  }

  #of(group: string): readonly FakeProcess[] {
    return [...this.#living.values()].filter(({ spec }) => spec.group === group);
  }

  #exited(name: string, status: ExitStatus): void {
    this.#awaited.get(name)?.(status);
    this.#awaited.delete(name);
  }
}

const gone = (): HelperRefusal => new HelperRefusal('EPIPE', 'The helper process has ended.');

const event = (process: string) => ({ event: 'workers' as const, process });

const pidsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index);
