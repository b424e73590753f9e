import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { until } from '../support/until';

interface DaemonOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The file that gets its output. */
  readonly log: string;
  readonly isReady: () => boolean | Promise<boolean>;
}

/** A program of the cluster, which tests can stop and start again. */
export class Daemon {
  readonly #options: DaemonOptions;
  #child: ChildProcess | undefined;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  /** Resolves when the program is ready. */
  async start(): Promise<void> {
    const { file, args, env, log, isReady } = this.#options;
    const out = openSync(log, 'a');
    const child = spawn(file, args, { env, stdio: ['ignore', out, out] });
    closeSync(out);
    this.#child = child;
    await until(
      `${file} ${args[0] ?? ''}`,
      () => {
        if (child.exitCode !== null) throw new Error(readFileSync(log, 'utf8').slice(-3_000));
        return isReady();
      },
      60_000,
    );
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** Kills the program: nothing of it is needed later. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await exited;
  }
}
