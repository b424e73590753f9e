import { say } from '../../../messages/message';
import { cancelled } from '../../../problem';
import type { Run, RunOptions, RunResult } from '../../../programs/run';
import type { TerminalProgram } from '../../target';
import { composeFailure } from './compose-failure';
import type { ComposeProgram } from './compose-program';
import type { Container } from './container';
import { EngineError } from './engine-error';
import { composeEnv } from './find-compose';
import { readListed, withDetails } from './read-containers';

/** One project of Compose that belongs to us. */
export interface ComposeProject {
  readonly name: string;
  /** Compose files, absolute; later ones override earlier ones. */
  readonly files: readonly string[];
  /** What each of our containers carries. A container of the project without it is somebody else's. */
  readonly labels: Readonly<Record<string, string>>;
  /** Values that the files refer to, by names that no program obeys. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface ComposeClientParts {
  readonly run: Run;
  readonly program: ComposeProgram;
  /** The editor's own environment, which says where the engine is: never one of a workspace. */
  readonly env: NodeJS.ProcessEnv;
  /** A folder without files of Compose. */
  readonly cwd: string;
}

export interface LogRequest {
  readonly service: string;
  /** One of its containers. Absent: all of them. */
  readonly number?: number;
  /** How many lines from before. */
  readonly tail: number;
  /** A time of RFC 3339. */
  readonly since?: string;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

const queryMs = 20_000;
/** Compose asks each container to end, and ends it then by force. */
const interruptMs = 10_000;
const maxBytes = 32_000_000;

/** Runs the commands of Compose for one project. Every failure is an `EngineError`, or `cancelled`. */
export class ComposeClient {
  readonly project: ComposeProject;
  readonly #parts: ComposeClientParts;
  readonly #env: Readonly<Record<string, string>>;

  constructor(parts: ComposeClientParts, project: ComposeProject) {
    this.#parts = parts;
    this.project = project;
    this.#env = { ...composeEnv(parts.env), ...project.variables };
  }

  get program(): ComposeProgram {
    return this.#parts.program;
  }

  /**
   * Creates and starts what the files describe, and resolves when it is started: dependencies are healthy then.
   * @throws EngineError `project-conflict` when the project has containers of somebody else
   */
  async up(options: {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    readonly onOutput?: (text: string) => void;
  }): Promise<void> {
    await this.#assertOurs(options.signal);
    await this.#long(
      [...this.#files(), 'up', '--detach', '--no-build', '--pull', 'missing'],
      options,
    );
  }

  /** All containers of the project, also those that have ended. */
  async containers(signal?: AbortSignal): Promise<readonly Container[]> {
    const all = await this.#list(signal);
    return all.filter((container) => this.#isOurs(container));
  }

  /**
   * Resolves when the program ends, which reports what happens to the containers.
   * @param onLine gets each line of it
   */
  async events(onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    let rest = '';
    const onOutput = (text: string): void => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-100_000);
      lines.forEach(onLine);
    };
    await this.#long([...this.#named(), 'events', '--json'], { signal, onOutput });
  }

  /** Resolves when there is no more output: with the containers, or when it is cancelled. */
  async logs({ service, number, tail, since, onOutput, signal }: LogRequest): Promise<void> {
    const options = [
      ...['--follow', '--no-color', '--no-log-prefix', '--tail', String(tail)],
      ...(since === undefined ? [] : ['--since', since]),
      ...(number === undefined ? [] : ['--index', String(number)]),
    ];
    await this.#long([...this.#named(), 'logs', ...options, service], { signal, onOutput });
  }

  /** A shell in a container, for a terminal. */
  shell({ service, number }: Pick<Container, 'service' | 'number'>): TerminalProgram {
    const { program } = this;
    return {
      file: program.file,
      args: [
        ...[...program.args, ...this.#named(), 'exec', '--index', String(number), service],
        ...['/bin/sh', '-c', 'command -v bash >/dev/null && exec bash || exec sh'],
      ],
      env: composeEnv(this.#parts.env),
    };
  }

  /** Restarts the containers of a service, or of all. */
  async restart(service: string | undefined, graceMs: number, signal: AbortSignal): Promise<void> {
    await this.#assertOurs(signal);
    await this.#long(
      [...this.#named(), 'restart', ...grace(graceMs), ...(service === undefined ? [] : [service])],
      { signal },
    );
  }

  /** Changes how many containers a service has; the others stay as they are. */
  async scale(
    service: string,
    count: number,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<void> {
    await this.#assertOurs(options.signal);
    const up = ['up', '--detach', '--no-build', '--no-deps', '--no-recreate'];
    await this.#long([...this.#files(), ...up, '--scale', `${service}=${count}`, service], options);
  }

  /** Stops and removes our containers, and the networks of the project when nobody else uses it. */
  async down(graceMs: number, signal: AbortSignal): Promise<void> {
    const all = await this.#list(signal);
    const ours = all.filter((container) => this.#isOurs(container));
    if (ours.length === all.length) {
      await this.#long([...this.#named(), 'down', ...grace(graceMs)], { signal });
      return;
    }
    const others = new Set(all.filter((one) => !ours.includes(one)).map(({ service }) => service));
    const services = new Set(ours.map(({ service }) => service).filter((one) => !others.has(one)));
    if (services.size === 0) return;
    const stopped = [...services];
    await this.#long([...this.#named(), 'stop', ...grace(graceMs), ...stopped], { signal });
    await this.#long([...this.#named(), 'rm', '--force', ...stopped], { signal });
  }

  /** @throws EngineError `project-conflict` */
  async #assertOurs(signal: AbortSignal): Promise<void> {
    const foreign = (await this.#list(signal)).find((container) => !this.#isOurs(container));
    if (foreign === undefined) return;
    const project = this.project.name;
    throw new EngineError({
      code: 'project-conflict',
      texts: {
        message: say('composeProjectOfAnother', { project, container: foreign.name }),
        summary: say('composeProjectOfAnotherSummary', { project }),
      },
    });
  }

  #isOurs({ labels }: Container): boolean {
    return Object.entries(this.project.labels).every(([name, value]) => labels[name] === value);
  }

  async #list(signal: AbortSignal | undefined): Promise<readonly Container[]> {
    const { engine } = this.program;
    const listed = readListed(
      await this.#query(
        this.program.file,
        [...[...this.program.args, ...this.#named(), 'ps', '--all', '--format', 'json']],
        signal,
      ),
    );
    if (engine === undefined || listed.length === 0) return listed;
    const ids = listed.map(({ id }) => id);
    const details = await this.#run(engine, ['inspect', ...ids], { timeoutMs: queryMs, signal });
    // One that is removed in between makes it fail, and it still prints the others.
    return withDetails(listed, details.stdout);
  }

  async #query(
    file: string,
    args: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const result = await this.#run(file, args, { timeoutMs: queryMs, signal });
    if (result.failed) throw this.#failure(result, result.stderr, queryMs);
    return result.stdout;
  }

  /** A command that changes something, or goes on until it is cancelled. */
  async #long(
    args: readonly string[],
    options: {
      readonly signal: AbortSignal;
      readonly timeoutMs?: number;
      readonly onOutput?: (text: string) => void;
    },
  ): Promise<void> {
    const { signal, timeoutMs, onOutput } = options;
    let stderr = '';
    const result = await this.#run(this.program.file, [...this.program.args, ...args], {
      ...{ signal, gracePeriodMs: interruptMs },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      onOutput: (text, stream) => {
        if (stream === 'stderr') stderr = (stderr + text).slice(-20_000);
        else onOutput?.(text);
      },
    });
    if (result.failed) throw this.#failure(result, stderr, timeoutMs);
  }

  async #run(
    file: string,
    args: readonly string[],
    options: Pick<RunOptions, 'signal' | 'timeoutMs' | 'gracePeriodMs' | 'onOutput'>,
  ): Promise<RunResult> {
    const { run, cwd } = this.#parts;
    const result = await run(file, args, { ...options, cwd, env: this.#env, maxBytes });
    if (result.cancelled) throw cancelled();
    return result;
  }

  #failure(result: RunResult, stderr: string, timeoutMs: number | undefined): EngineError {
    return new EngineError(composeFailure(this.program, { ...result, stderr }, timeoutMs));
  }

  /** For commands that find the containers by their labels. */
  #named(): readonly string[] {
    return ['--project-name', this.project.name];
  }

  #files(): readonly string[] {
    return [...this.#named(), ...this.project.files.flatMap((file) => ['--file', file])];
  }
}

const grace = (ms: number): readonly string[] => ['--timeout', String(Math.ceil(ms / 1_000))];
