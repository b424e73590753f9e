import path from 'node:path';
import type { Log } from '../log';
import type { Generation } from '../model';
import { ServeError } from '../problem';
import type { ExitStatus } from './exit-status';
import { describeExit } from './exit-status';
import { HelperConnection, HelperRefusal } from './helper-connection';
import type { HelperOutput, HelperWorkers, TemplateDeath } from './helper-messages';
import { Emitter, type Event } from '../events';
import { markVariable } from './left-behind/processes';
import type { Runs } from './left-behind/runs';
import { isNotTried } from './not-tried-error';
import { warnOfChangedScripts } from './script-hashes';
import { assertFits, spawnRefusal } from './spawn-refusal';

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
  /** Ends a start that is under way. */
  readonly cancel: AbortSignal;
}

export interface ProcessSpec {
  /** Unique among the living processes of the bento. */
  readonly process: string;
  /** What is killed together: the component's id. */
  readonly group: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly fds: readonly number[];
  /** What it gets at once when the helper dies (Linux). */
  readonly deathSignal: 'SIGKILL' | 'SIGTERM';
  /** It runs workers of its own, which are watched. Default: false. */
  readonly arbiter?: boolean;
  /** The template forks it, where it can. Default: false. */
  readonly fork?: boolean;
  /** Where a forked one writes the files that it imports. */
  readonly imports?: string;
}

/** The process from which workers are forked. */
export interface TemplateSpec {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What is imported: all that the workers of class services do, or what those of legacy services may. */
  readonly stack: Generation;
  /** Modules to import beside those. */
  readonly preload: readonly string[];
  /** An empty directory for metrics that are counted at import, which must not be. */
  readonly metrics: string;
}

/** A process that the helper runs for us. */
export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  /** Why it was started although it was to be forked. */
  readonly notForked?: string;
}

export interface BindSpec {
  readonly lease: string;
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  readonly path?: string;
  readonly backlog?: number;
  /** False only keeps others off a port that the server binds itself with SO_REUSEPORT. Default: true. */
  readonly listen?: boolean;
}

const startLimitMs = 10_000;
const errorLimit = 10_000;
/** To a request that ends something, which the helper answers at once. */
const answerLimitMs = 5_000;
/** Its own grace period, and time for what does not want to go. */
const endLimitMs = 10_000;
/** For answers that came while the extension host stood still. */
const catchUpMs = 1_000;
/** Its name among the processes of the helper. */
export const templateProcess = 'template';
/** It is not the interpreter that is to blame. */
const exhausted = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'E2BIG'];

/** The one direct child of the extension for a served bento; everything else is the helper's child. */
export class Helper {
  readonly #connection: HelperConnection;
  readonly #output = new Emitter<HelperOutput>();
  readonly #living = new Map<string, (status: ExitStatus) => void>();
  /** Resolves when the helper has ended, and with it everything it started. */
  readonly ended: Promise<ExitStatus>;
  readonly onOutput = this.#output.event;
  readonly onWorkers: Event<HelperWorkers>;
  readonly #signal: (signal: NodeJS.Signals) => void;

  private constructor(
    connection: HelperConnection,
    ended: Promise<ExitStatus>,
    signal: (signal: NodeJS.Signals) => void,
  ) {
    this.#connection = connection;
    this.ended = ended;
    this.#signal = signal;
    this.onWorkers = connection.onWorkers;
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
    const { python, scripts, directory, runs, log } = options;
    // -S: no site-packages are needed, and without them it starts in half the time.
    const args = ['-I', '-S', '-B', path.join(scripts, 'helper')];
    // On record before it lives, so that there is no moment in which it could be left and not be found.
    const [run, { startProgram }] = await Promise.all([
      runs.begin(directory),
      import('./start-program'),
      warnOfChangedScripts(scripts, log),
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
      if (!isNotTried(error)) throw error;
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
      log.error(`The helper said something that is not a message: ${line}`),
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
    const helper = new Helper(connection, ended, (signal) => void child.kill(signal));
    // An interpreter on a drive that hangs says nothing.
    const limit = AbortSignal.any([options.cancel, AbortSignal.timeout(startLimitMs)]);
    limit.addEventListener('abort', kill);
    try {
      const { pid } = await connection.request('init', { cleanup: [directory] });
      log.info(`helper ${pid} started with ${python}`);
      return helper;
    } catch (error) {
      const { code } = await child;
      if (code !== undefined && exhausted.includes(code)) throw spawnRefusal(own, code, code);
      throw notStarted(python, error, spoken);
    } finally {
      limit.removeEventListener('abort', kill);
    }
  }

  /** @throws HelperRefusal with the errno's name as its code, and the holder of the port when known. */
  bind(spec: BindSpec): Promise<{ fd: number; port: number }> {
    return this.#connection.request('bind', { ...spec });
  }

  async release(lease: string): Promise<void> {
    await this.#connection.request('release', { lease });
  }

  /**
   * Has the workers read a text as a file that other users cannot: in the helper's memory (Linux), else in the run
   * directory. Gives its path, which holds until a reset or the end.
   */
  async keep(text: string): Promise<string> {
    return (await this.#connection.request('keep', { text })).path;
  }

  /** @throws ServeError that says why the system did not start it. */
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

  /**
   * Resolves when workers can be forked, or with the reason why they cannot: in words, or how the process died.
   * @param onLost called when workers could be forked and cannot be any more.
   */
  async startTemplate(
    spec: TemplateSpec,
    onLost: (why: string | TemplateDeath) => void,
  ): Promise<string | TemplateDeath | undefined> {
    const outcome = new Promise<string | TemplateDeath | undefined>((resolve) => {
      let wasReady = false;
      const subscription = this.#connection.onTemplate(({ ready, why, death }) => {
        const reason = ready ? undefined : (death ?? why ?? 'for no reason');
        if (reason !== undefined) subscription.dispose();
        if (wasReady && reason !== undefined) onLost(reason);
        wasReady = ready;
        resolve(reason);
      });
      void this.ended.then(() => {
        subscription.dispose();
        resolve('the helper has ended');
      });
    });
    await this.#connection.request('template', { ...spec, process: templateProcess });
    return outcome;
  }

  /** Ends everything but the template, and lets go of everything held. */
  async reset(): Promise<void> {
    this.#wake();
    await this.#within(endLimitMs, this.#connection.request('reset', {}));
  }

  /** Asks the direct processes of the group to end. */
  async terminate(group: string): Promise<void> {
    this.#wake();
    await this.#within(answerLimitMs, this.#connection.request('terminate', { group }));
  }

  /** Asks those that others have taken over from to end: they accept no more, and finish what they have. */
  async retire(group: string): Promise<void> {
    this.#wake();
    await this.#within(answerLimitMs, this.#connection.request('retire', { group }));
  }

  /**
   * Whether all of the group wait for connections; nothing where the system does not tell.
   * @param port one that they bind themselves.
   */
  async accepting(group: string, port?: number): Promise<boolean | undefined> {
    const asked = { group, ...(port === undefined ? {} : { port }) };
    return (await this.#connection.request('accepting', asked)).all ?? undefined;
  }

  /** Ends everything that is left of the group; gives the number of processes that were. */
  async kill(group: string): Promise<number> {
    this.#wake();
    const { killed } = await this.#within(endLimitMs, this.#connection.request('kill', { group }));
    return killed;
  }

  /** Whether it is the group that listens on the port; nothing where the system does not tell. */
  async listens(group: string, port: number): Promise<boolean | undefined> {
    return (await this.#connection.request('listens', { group, port })).own ?? undefined;
  }

  /** The processes of the group that a signal has stopped, where the system tells. */
  async stopped(group: string): Promise<readonly number[]> {
    return (await this.#connection.request('stopped', { group })).pids;
  }

  /** Takes no more output until then: what is served waits, instead of lines being lost. Replies come through. */
  hold(until: Promise<void>): void {
    this.#connection.hold(until);
  }

  /** Ends everything it started and itself; by force when that takes longer than 10 s. */
  async end(): Promise<void> {
    this.#connection.end();
    this.#wake();
    await this.#within(endLimitMs, this.ended);
  }

  /** Somebody may have stopped it; what is to end is not to wait for that. */
  #wake(): void {
    if (process.platform !== 'win32') this.#signal('SIGCONT');
  }

  /** A helper that hangs is killed: what it started dies with it, or is found later. */
  async #within<T>(limitMs: number, work: Promise<T>): Promise<T> {
    let timer = setTimeout(() => {
      timer = setTimeout(() => this.#signal('SIGKILL'), catchUpMs);
    }, limitMs);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  #exited(name: string, status: ExitStatus): void {
    this.#living.get(name)?.(status);
    this.#living.delete(name);
  }
}

function notStarted(python: string, cause: unknown, spoken = ''): ServeError {
  const message = `${python} could not be started: check it, or select another interpreter.`;
  const detail = spoken === '' ? {} : { detail: spoken };
  return new ServeError({ code: 'no-python', message, ...detail }, { cause });
}
