import path from 'node:path';
import type { Clock } from '../../../clock';
import { Emitter, type Event } from '../../../events';
import { forLog, type Log, type LogText } from '../../../log';
import { ServeError } from '../../../problem';
import type { ExitStatus } from '../../../programs/exit-status';
import { describeExit } from '../../../programs/exit-status';
import { HelperConnection, HelperRefusal } from './helper-connection';
import type {
  ForkServerDeath,
  HelperDebugger,
  HelperProfile,
  HelperOutput,
  HelperWorkers,
} from './helper-messages';
import { markVariable } from '../../../orphans/processes';
import type { Runs } from '../../../orphans/runs';
import { SpawnRejectedError } from '../../../programs/spawn-rejected-error';
import {
  forkServerProcess,
  type AttachSpec,
  type ProfileSpec,
  type StacksFile,
  type BindSpec,
  type ManagedProcess,
  type ProcessHost,
  type ProcessSpec,
  type ForkServerListeners,
  type ForkServerSpec,
} from './process-host';
import { warnOfChangedScripts } from './script-hashes';
import { assertFits, spawnRefusal } from '../../../programs/spawn-refusal';
import { problemTexts, say } from '../../../messages/message';

export interface HelperOptions {
  readonly python: string;
  /** The folder with the helper's Python files. */
  readonly scripts: string;
  /** The whole environment of the helper; its children get theirs from their specs. */
  readonly env: Readonly<Record<string, string>>;
  /** Refuses when the workspace is not trusted; asked before anything is started. */
  readonly assertTrusted: () => void;
  readonly log: Log;
  /** The run directory, which the helper removes at its end. */
  readonly directory: string;
  readonly runs: Runs;
  readonly clock: Clock;
  /** Ends a start that is under way. */
  readonly cancel: AbortSignal;
}

const startLimitMs = 10_000;
const errorLimit = 10_000;
/** To a request that ends something, which the helper answers at once. */
const answerLimitMs = 5_000;
/** Its own grace period, and time for what does not want to go. */
const endLimitMs = 10_000;
/** For answers that came while the extension host stood still. */
const catchUpMs = 1_000;
/** It is not the interpreter that is to blame. */
const exhausted = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'E2BIG'];

/** The one direct child of the extension for a served bento; everything else is the helper's child. */
export class Helper implements ProcessHost {
  readonly #connection: HelperConnection;
  readonly #output = new Emitter<HelperOutput>();
  readonly #living = new Map<string, (status: ExitStatus) => void>();
  readonly ended: Promise<ExitStatus>;
  readonly onOutput = this.#output.event;
  readonly onWorkers: Event<HelperWorkers>;
  readonly onDebugger: Event<HelperDebugger>;
  readonly onProfile: Event<HelperProfile>;
  readonly #signal: (signal: NodeJS.Signals) => void;
  readonly #clock: Clock;

  private constructor(
    connection: HelperConnection,
    ended: Promise<ExitStatus>,
    signal: (signal: NodeJS.Signals) => void,
    clock: Clock,
  ) {
    this.#connection = connection;
    this.ended = ended;
    this.#signal = signal;
    this.#clock = clock;
    this.onWorkers = connection.onWorkers;
    this.onDebugger = connection.onDebugger;
    this.onProfile = connection.onProfile;
    connection.onOutput((output) => this.#output.fire(output));
    connection.onExit(({ process, code, signal }) => this.#exited(process, { code, signal }));
    void ended.then(() => {
      connection.close();
      for (const name of [...this.#living.keys()]) {
        this.#exited(name, { code: null, signal: 'SIGKILL' });
      }
    });
  }

  /** @throws ServeError `untrusted`, or `no-python` when the interpreter cannot be started within 10 s. */
  static async start(options: HelperOptions): Promise<Helper> {
    options.assertTrusted();
    const { python, scripts, directory, runs, log, clock } = options;
    // -S: no site-packages are needed, and without them it starts in half the time.
    const args = ['-I', '-S', '-B', path.join(scripts, 'helper')];
    // On record before it lives, so that there is no moment in which it could be left and not be found.
    const [run, { startProgram }] = await Promise.all([
      runs.begin(directory),
      import('../../../programs/start-program'),
    ]);
    const env = { ...options.env, [markVariable]: run.mark };
    // The folder in which VS Code was started may be gone.
    const own = { process: python, argv: [python, ...args], env, cwd: scripts };
    let child;
    try {
      options.cancel.throwIfAborted();
      assertFits(own);
      const how = { env, cwd: scripts, stdin: 'pipe', buffer: false } as const;
      child = startProgram(options.assertTrusted, python, args, how);
    } catch (error) {
      await run.end(true);
      if (!(error instanceof SpawnRejectedError)) throw error;
      throw error.code === 'EMFILE'
        ? spawnRefusal(own, error.code, error.message)
        : notStarted(python, error);
    }
    if (child.pid !== undefined) run.helperIs(child.pid);
    child.stderr.setEncoding('utf8');
    let spoken = '';
    child.stderr.on('data', (text: string) => {
      spoken = (spoken + text).slice(-errorLimit);
      log.warn(`helper: ${text.trimEnd()}`);
    });
    const connection = new HelperConnection(child.stdin, child.stdout, (line) =>
      log.error(`The helper sent an invalid message: ${line}`),
    );
    // At once, though output of it may still be on its way.
    let over: Promise<void> | undefined;
    child.once('exit', (code) => {
      over = run.end(code === 0);
    });
    const ended = child.then(async (result): Promise<ExitStatus> => {
      const status = { code: result.exitCode ?? null, signal: result.signal ?? null };
      log.info(`helper ${describeExit(status)}`);
      await (over ?? run.end(true));
      return status;
    });
    const kill = (): void => void child.kill('SIGKILL');
    const helper = new Helper(connection, ended, (signal) => void child.kill(signal), clock);
    // An interpreter on a drive that hangs says nothing.
    const limit = clock.after(startLimitMs, kill);
    options.cancel.addEventListener('abort', kill);
    try {
      const { pid } = await connection.request('init', { cleanup: [directory] });
      log.info(`helper ${pid} started with ${python}`);
      // Not awaited, because it reads a hundred files.
      void warnOfChangedScripts(scripts, log);
      return helper;
    } catch (error) {
      await warnOfChangedScripts(scripts, log);
      const { code } = await child;
      if (code !== undefined && exhausted.includes(code)) throw spawnRefusal(own, code, code);
      throw notStarted(python, error, spoken);
    } finally {
      limit.dispose();
      options.cancel.removeEventListener('abort', kill);
    }
  }

  bind(spec: BindSpec): Promise<{ fd: number; port: number }> {
    return this.#connection.request('bind', { ...spec });
  }

  async release(lease: string): Promise<void> {
    await this.#connection.request('release', { lease });
  }

  async keep(text: string): Promise<string> {
    return (await this.#connection.request('keep', { text })).path;
  }

  async spawn(spec: ProcessSpec): Promise<ManagedProcess> {
    assertFits(spec);
    const exited = new Promise<ExitStatus>((resolve) => this.#living.set(spec.process, resolve));
    try {
      const { pid, notForked } = await this.#connection.request('spawn', { ...spec });
      return {
        name: spec.process,
        pid,
        exited,
        ...(typeof notForked === 'string' ? { notForked } : {}),
      };
    } catch (error) {
      this.#living.delete(spec.process);
      const gone = !(error instanceof HelperRefusal) || error.code === 'EPIPE';
      throw gone ? error : spawnRefusal(spec, error.code, error.message);
    }
  }

  async startForkServer(
    spec: ForkServerSpec,
    { onCanPlan, onLost }: ForkServerListeners,
  ): Promise<LogText | ForkServerDeath | undefined> {
    const canPlanListener = this.#connection.onCanPlan(onCanPlan);
    const outcome = new Promise<LogText | ForkServerDeath | undefined>((resolve) => {
      let wasReady = false;
      const subscription = this.#connection.onForkServer(({ ready, why, death }) => {
        const reason = ready ? undefined : (death ?? forLog(why ?? 'for no reason'));
        if (reason !== undefined) subscription.dispose();
        if (wasReady && reason !== undefined) onLost(reason);
        wasReady = ready;
        canPlanListener.dispose();
        resolve(reason);
      });
      void this.ended.then(() => {
        subscription.dispose();
        canPlanListener.dispose();
        resolve(forLog('the helper has ended'));
      });
    });
    await this.#connection.request('startForkServer', { ...spec, process: forkServerProcess });
    return outcome;
  }

  async prioritizeForkServer(): Promise<void> {
    await this.#connection.request('prioritizeForkServer', {});
  }

  async reset(): Promise<void> {
    this.#wake();
    await this.#killIfLate(endLimitMs, this.#connection.request('reset', {}));
  }

  async terminate(group: string): Promise<void> {
    this.#wake();
    await this.#killIfLate(answerLimitMs, this.#connection.request('terminate', { group }));
  }

  async retire(group: string): Promise<void> {
    this.#wake();
    await this.#killIfLate(answerLimitMs, this.#connection.request('retire', { group }));
  }

  async accepting(group: string, port?: number): Promise<boolean | undefined> {
    const asked = { group, ...(port === undefined ? {} : { port }) };
    return (await this.#connection.request('accepting', asked)).all ?? undefined;
  }

  async kill(group: string): Promise<number> {
    this.#wake();
    const { killed } = await this.#killIfLate(
      endLimitMs,
      this.#connection.request('kill', { group }),
    );
    return killed;
  }

  async listens(group: string, port: number): Promise<boolean | undefined> {
    return (await this.#connection.request('listens', { group, port })).own ?? undefined;
  }

  async stopped(group: string): Promise<readonly number[]> {
    return (await this.#connection.request('stopped', { group })).pids;
  }

  async attachDebugger(pid: number, debug: AttachSpec): Promise<void> {
    await this.#connection.request('attachDebugger', { pid, debug: { ...debug } });
  }

  async withdrawAttach(adapter: string): Promise<void> {
    await this.#connection.request('withdrawAttach', { adapter });
  }

  async profile(pid: number, profile: ProfileSpec): Promise<void> {
    await this.#connection.request('profile', { pid, ...profile });
  }

  async endProfile(file: string): Promise<void> {
    await this.#connection.request('endProfile', { file });
  }

  async dumpStacks(pid: number): Promise<StacksFile> {
    const { file, begin } = await this.#connection.request('dumpStacks', { pid });
    return { file, begin };
  }

  hold(until: Promise<void>): void {
    this.#connection.hold(until);
  }

  async end(): Promise<void> {
    this.#connection.end();
    this.#wake();
    await this.#killIfLate(endLimitMs, this.ended);
  }

  /** Somebody may have stopped it; what is to end is not to wait for that. */
  #wake(): void {
    if (process.platform !== 'win32') this.#signal('SIGCONT');
  }

  /** A helper that hangs is killed: what it started dies with it, or is found later. */
  async #killIfLate<T>(limitMs: number, work: Promise<T>): Promise<T> {
    let timer = this.#clock.after(limitMs, () => {
      timer = this.#clock.after(catchUpMs, () => this.#signal('SIGKILL'));
    });
    try {
      return await work;
    } finally {
      timer.dispose();
    }
  }

  #exited(name: string, status: ExitStatus): void {
    this.#living.get(name)?.(status);
    this.#living.delete(name);
  }
}

function notStarted(python: string, cause: unknown, spoken = ''): ServeError {
  const texts = problemTexts(say('pythonNotStarted', { python }));
  const detail = spoken === '' ? {} : { detail: spoken };
  return new ServeError({ code: 'no-python', ...texts, ...detail }, { cause });
}
