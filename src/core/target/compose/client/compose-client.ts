import type { Duplex } from 'node:stream';
import { jsonIn } from '../../../json';
import { problemTexts, say } from '../../../messages/message';
import { cancelled, ServeError } from '../../../problem';
import { programStream } from '../../../programs/program-stream';
import type { Run, RunOptions, RunResult } from '../../../programs/run';
import { shellCommand } from '../../containers/shell-command';
import type { TerminalProgram } from '../../target';
import { composeFailure } from './compose-failure';
import type { ComposeProgram } from './compose-program';
import type { Container } from './container';
import { composeEnv } from './find-compose';
import { engineOf } from './engine-of';
import { readListed, withDetails } from './read-containers';

/** A Compose project of ours. */
export interface ComposeProject {
  readonly name: string;
  /** Compose files, absolute; later ones override earlier ones. */
  readonly files: readonly string[];
  /** The labels of our containers. A container of the project without them is not ours. */
  readonly labels: Readonly<Record<string, string>>;
  /** Values that the files refer to. Their names have no meaning for any program. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface ComposeClientParts {
  readonly run: Run;
  readonly program: ComposeProgram;
  /** The editor's own environment, which determines the engine. Never one from a workspace. */
  readonly env: NodeJS.ProcessEnv;
  /** A folder without Compose files. */
  readonly cwd: string;
}

export interface LogRequest {
  readonly service: string;
  /** The number of one of its containers. Absent for all of them. */
  readonly number?: number;
  /** The number of earlier lines to include. */
  readonly tail: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

const queryMs = 20_000;
const maxAttempts = 3;
/** The time that Compose itself has to end when it is interrupted: it stops containers first. */
const interruptMs = 10_000;
/** The time limit for a change that does not wait for containers to stop. */
const changeMs = 60_000;
const maxBytes = 32_000_000;

/** Runs the commands of Compose for one project. Every failure is a `ServeError`. */
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
   * Creates and starts what the files describe. Resolves when all containers have started and dependencies are healthy.
   * @throws ServeError `engine-conflict` if the project has containers that are not ours
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

  /** Returns all our containers of the project, including those that have ended. */
  async containers(signal?: AbortSignal): Promise<readonly Container[]> {
    const all = await this.#list(signal);
    return all.filter((container) => this.#isOurs(container));
  }

  /**
   * Reports what happens to the containers. Resolves when the program that reports it ends.
   * @param onLine receives each line of its output
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

  /** Follows the logs. Resolves when the containers have ended. */
  async logs({ service, number, tail, since, onOutput, signal }: LogRequest): Promise<void> {
    const options = [
      ...['--follow', '--no-color', '--no-log-prefix', '--tail', String(tail)],
      ...(since === undefined ? [] : ['--since', new Date(since).toISOString()]),
      ...(number === undefined ? [] : ['--index', String(number)]),
    ];
    await this.#long([...this.#named(), 'logs', ...options, service], { signal, onOutput });
  }

  /** Returns a program for a terminal: a shell in a container. */
  shell({ service, number }: Pick<Container, 'service' | 'number'>): TerminalProgram {
    const { program } = this;
    return {
      file: program.file,
      args: [
        ...[...program.args, ...this.#named(), 'exec', '--index', String(number), service],
        ...shellCommand,
      ],
      env: composeEnv(this.#parts.env),
    };
  }

  /** Runs a command in a container, without a terminal. Returns its standard input and output. */
  exec(
    { service, number }: Pick<Container, 'service' | 'number'>,
    command: readonly string[],
  ): Duplex {
    const { program } = this;
    const where = ['exec', '-T', '--index', String(number), service];
    const args = [...program.args, ...this.#named(), ...where, ...command];
    return programStream((options) => this.#run(program.file, args, options));
  }

  /** Restarts the containers of a service, or of all services. */
  async restart(service: string | undefined, graceMs: number, signal: AbortSignal): Promise<void> {
    const count = await this.#assertOurs(signal);
    await this.#long(
      [...this.#named(), 'restart', ...grace(graceMs), ...(service === undefined ? [] : [service])],
      { signal, timeoutMs: limitMs(graceMs, count) },
    );
  }

  /** Changes the number of containers of a service, and nothing else. */
  async scale(
    service: string,
    count: number,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<void> {
    await this.#assertOurs(options.signal);
    const up = ['up', '--detach', '--no-build', '--no-deps', '--no-recreate'];
    await this.#long([...this.#files(), ...up, '--scale', `${service}=${count}`, service], options);
  }

  /** Returns the same client with other files, and other values for them. */
  with(own: Partial<Pick<ComposeProject, 'files' | 'variables'>>): ComposeClient {
    return new ComposeClient(this.#parts, { ...this.project, ...own });
  }

  /** Returns what the engine knows of containers. @throws ServeError */
  async inspect(names: readonly string[], signal: AbortSignal): Promise<readonly unknown[]> {
    const engine = engineOf(this.program);
    const result = await this.#run(engine, ['inspect', ...names], { timeoutMs: queryMs, signal });
    if (result.failed) throw this.#failure(result, result.stderr, queryMs);
    const json = jsonIn(result.stdout);
    return Array.isArray(json) ? (json as readonly unknown[]) : [];
  }

  /**
   * Returns the hash of each service in the files, which Compose compares with that of its containers. Returns undefined
   * if the program does not know hashes.
   */
  async hashes(signal: AbortSignal): Promise<ReadonlyMap<string, string> | undefined> {
    const args = [...this.program.args, ...this.#files(), 'config', '--hash', '*'];
    const result = await this.#run(this.program.file, args, { timeoutMs: queryMs, signal });
    if (result.failed) return undefined;
    const pairs = result.stdout.split('\n').map((line) => line.trim().split(/\s+/));
    return new Map(
      pairs.flatMap(([service, hash]) => (service && hash ? [[service, hash] as const] : [])),
    );
  }

  /** Stops and removes our containers, and the networks of the project if all its containers are ours. */
  async down(graceMs: number, signal: AbortSignal): Promise<void> {
    const all = await this.#list(signal);
    const ours = all.filter((container) => this.#isOurs(container));
    const limits = { signal, timeoutMs: limitMs(graceMs, ours.length) };
    if (ours.length === all.length) {
      await this.#long([...this.#named(), 'down', ...grace(graceMs)], limits);
      return;
    }
    const others = new Set(all.filter((one) => !ours.includes(one)).map(({ service }) => service));
    const services = new Set(ours.map(({ service }) => service).filter((one) => !others.has(one)));
    if (services.size === 0) return;
    const stopped = [...services];
    await this.#long([...this.#named(), 'stop', ...grace(graceMs), ...stopped], limits);
    await this.#long([...this.#named(), 'rm', '--force', ...stopped], limits);
  }

  /** Returns the number of containers. @throws ServeError `engine-conflict` if one of them is not ours */
  async #assertOurs(signal: AbortSignal): Promise<number> {
    const all = await this.#list(signal);
    const foreign = all.find((container) => !this.#isOurs(container));
    if (foreign === undefined) return all.length;
    const project = this.project.name;
    throw new ServeError({
      code: 'engine-conflict',
      ...problemTexts(
        say('composeProjectOfAnother', { project, container: foreign.name }),
        say('composeProjectOfAnotherSummary', { project }),
      ),
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
    // It fails if a container was removed meanwhile, but still prints the others.
    return withDetails(listed, details.stdout);
  }

  async #query(
    file: string,
    args: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const result = await this.#run(file, args, { timeoutMs: queryMs, signal });
      if (!result.failed) return result.stdout;
      // A container was removed or replaced while Compose was listing it.
      const isOutdated = /no such container/i.test(result.stderr) && attempt < maxAttempts;
      if (!isOutdated) throw this.#failure(result, result.stderr, queryMs);
    }
  }

  /** Runs a command that changes something, or that runs until it is cancelled. */
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
    options: Pick<RunOptions, 'signal' | 'timeoutMs' | 'gracePeriodMs' | 'onOutput' | 'onStarted'>,
  ): Promise<RunResult> {
    const { run, cwd } = this.#parts;
    const result = await run(file, args, { ...options, cwd, env: this.#env, maxBytes });
    if (result.cancelled) throw cancelled();
    return result;
  }

  #failure(result: RunResult, stderr: string, timeoutMs: number | undefined): ServeError {
    return new ServeError(composeFailure(this.program, { ...result, stderr }, timeoutMs));
  }

  /** Returns the arguments for commands that find the containers by their labels. */
  #named(): readonly string[] {
    return ['--project-name', this.project.name];
  }

  #files(): readonly string[] {
    return [...this.#named(), ...this.project.files.flatMap((file) => ['--file', file])];
  }
}

const grace = (ms: number): readonly string[] => ['--timeout', String(Math.ceil(ms / 1_000))];

/** The time limit for stopping containers, each of which may wait for the ones that use it. */
const limitMs = (graceMs: number, count: number): number => changeMs + graceMs * Math.max(1, count);
