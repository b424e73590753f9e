import type { Run, RunOptions, RunResult } from '../../../programs/run';
import { cancelled, ServeError } from '../../../problem';
import type { TerminalProgram } from '../../target';
import type { ClusterReader, GetOptions, StreamOptions } from './cluster-reader';
import { kubectlEnv } from './kubectl-env';
import { kubectlFailure } from './kubectl-failure';
import type { ClusterPlace, KubectlProgram } from './kubectl-program';

export interface KubectlParts {
  readonly run: Run;
  readonly program: KubectlProgram;
  /** The editor's own environment, which determines the configuration. Never one from a workspace. */
  readonly env: NodeJS.ProcessEnv;
  /** The working directory. Commands do not read it. */
  readonly cwd: string;
  readonly place: ClusterPlace;
}

export interface QueryOptions extends GetOptions {
  /** The standard input of the command, which it reads as `--filename=-`. */
  readonly input?: string;
}

const requestSeconds = 20;
const queryMs = 60_000;
const maxBytes = 64_000_000;
/** The time that kubectl has to close its connections when it is interrupted. */
const interruptMs = 2_000;

/** Runs kubectl in one namespace of one context, never in those that are current. Failures are `ServeError`s. */
export class Kubectl implements ClusterReader {
  /** Each request starts a process. */
  readonly isCheap = false;
  readonly configuration = 0;
  readonly #parts: KubectlParts;
  readonly #env: Readonly<Record<string, string>>;

  constructor(parts: KubectlParts) {
    this.#parts = parts;
    this.#env = kubectlEnv(parts.env);
  }

  get place(): ClusterPlace {
    return this.#parts.place;
  }

  /** Runs a command to its end and returns its output. @throws ServeError */
  async query(args: readonly string[], options: QueryOptions = {}): Promise<string> {
    const result = await this.attempt(args, options);
    if (result.failed) throw this.failure(result, options.timeoutMs ?? queryMs);
    return result.stdout;
  }

  async get(path: string, options: GetOptions): Promise<string> {
    return this.query(['get', `--raw=${path}`], options);
  }

  async follow(path: string, options: StreamOptions): Promise<void> {
    await this.stream(['get', `--raw=${path}`], options);
  }

  /** Runs a command whose exit code is an answer. @throws ServeError `cancelled` */
  async attempt(
    args: readonly string[],
    { signal, input, requestSeconds: seconds = requestSeconds, timeoutMs = queryMs }: QueryOptions,
  ): Promise<RunResult> {
    return this.#run([`--request-timeout=${seconds}s`, ...args], {
      ...{ signal, timeoutMs },
      ...(input === undefined ? {} : { input }),
    });
  }

  /** Runs a command that reports until it is cancelled. @throws ServeError */
  async stream(args: readonly string[], { signal, onOutput }: StreamOptions): Promise<void> {
    let stderr = '';
    const result = await this.#run(args, {
      ...{ signal, gracePeriodMs: interruptMs },
      onOutput: (text, stream) => {
        if (stream === 'stderr') stderr = (stderr + text).slice(-20_000);
        onOutput(text, stream);
      },
    });
    if (result.failed) throw this.failure({ ...result, stderr });
  }

  /** Returns the program and the arguments for a terminal. */
  inTerminal(args: readonly string[]): TerminalProgram {
    return {
      ...{ file: this.#parts.program.file, args: [...this.#place(), ...args], env: this.#env },
    };
  }

  failure(result: RunResult, timeoutMs?: number): ServeError {
    return new ServeError(kubectlFailure(this.place, result, timeoutMs));
  }

  async #run(
    args: readonly string[],
    options: Pick<RunOptions, 'signal' | 'input' | 'timeoutMs' | 'gracePeriodMs' | 'onOutput'>,
  ): Promise<RunResult> {
    const { run, program, cwd } = this.#parts;
    const all = [...this.#place(), ...args];
    const result = await run(program.file, all, { ...options, cwd, env: this.#env, maxBytes });
    if (result.cancelled) throw cancelled();
    return result;
  }

  #place(): readonly string[] {
    const { context, namespace } = this.place;
    return [`--context=${context}`, `--namespace=${namespace}`];
  }
}
