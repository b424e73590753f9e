import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRun, type Run } from '../../../src/core/programs/run';
import type { Log } from '../../../src/core/log';
import {
  InterpreterFinder,
  type FinderContext,
} from '../../../src/core/interpreter/interpreter-finder';

export interface FakeReport {
  readonly version?: string;
  readonly bentoml?: string | null;
  readonly executable?: string;
  readonly paths?: readonly string[];
}

const silent = (): void => undefined;
export const silentLog: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** A folder with programs that pretend to be Python, each with a body of shell. */
export class FakeInterpreters {
  readonly root: string;
  runs = 0;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<FakeInterpreters> {
    return new FakeInterpreters(await mkdtemp(join(tmpdir(), 'serve-bento-python-')));
  }

  path(name: string): string {
    return join(this.root, name);
  }

  async program(name: string, body: string): Promise<string> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
    return path;
  }

  /** An interpreter that answers as `probe.py` would. */
  async python(name: string, report: FakeReport = {}): Promise<string> {
    const answer = {
      executable: this.path(name),
      version: '3.11.7',
      bentoml: '1.4.38',
      paths: [],
      ...report,
    };
    return await this.program(name, `cat <<'END'\n${JSON.stringify(answer)}\nEND`);
  }

  /** Runs of a fast clock: the limit of 10 s is `timeoutMs` here. */
  finder(change: Partial<FinderContext> = {}, timeoutMs = 10_000): InterpreterFinder {
    const real = createRun(() => undefined);
    const run: Run = (file, args, options) => {
      this.runs += 1;
      return real(file, args, {
        ...options,
        timeoutMs: Math.min(timeoutMs, options.timeoutMs ?? Infinity),
      });
    };
    return new InterpreterFinder({
      run,
      script: this.path('probe.py'),
      cwd: this.root,
      env: { PATH: this.path('bin') },
      platform: 'linux',
      selected: () => Promise.resolve(undefined),
      log: silentLog,
      ...change,
    });
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
