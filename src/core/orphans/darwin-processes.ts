import os from 'node:os';
import type { Run } from '../programs/run';
import {
  markPattern,
  trySignal,
  withDescendants,
  type Processes,
  type ProcessIdentity,
} from './processes';

interface Row extends ProcessIdentity {
  readonly parent: number;
  readonly user: number;
  /** The command with its arguments and, where the system shows it, its environment. */
  readonly text: string;
}

/** macOS, from `ps`: a program, so nothing of this works before the workspace is trusted. */
export class DarwinProcesses implements Processes {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Start times are dates there: they tell one boot from another. */
  system(): Promise<string> {
    return Promise.resolve('darwin');
  }

  async identity(pid: number): Promise<ProcessIdentity | undefined> {
    const [row] = await this.#rows(['-p', `${pid}`]);
    return row === undefined ? undefined : { pid: row.pid, start: row.start };
  }

  async marked(marks: ReadonlySet<string>): Promise<readonly ProcessIdentity[]> {
    const rows = await this.#rows(['-axEww']);
    const own = rows.filter(({ user }) => user === process.geteuid?.());
    const roots = own.filter(({ text }) => marks.has(markPattern.exec(text)?.[1] ?? ''));
    const parents = new Map(own.map(({ pid, parent }) => [pid, parent]));
    const found = withDescendants(
      roots.map(({ pid }) => pid),
      parents,
    );
    return own.filter(({ pid }) => found.has(pid) && pid !== process.pid);
  }

  async signal(targets: readonly ProcessIdentity[], signal: NodeJS.Signals): Promise<void> {
    if (targets.length === 0) return;
    const now = await this.#rows(['-p', targets.map(({ pid }) => pid).join(',')]);
    const starts = new Map(now.map(({ pid, start }) => [pid, start]));
    for (const { pid, start } of targets) if (starts.get(pid) === start) trySignal(pid, signal);
  }

  async #rows(which: readonly string[]): Promise<readonly Row[]> {
    const columns = ['-o', 'pid=,ppid=,uid=,stat=,lstart=,command='];
    const { stdout, stderr, exitCode, timedOut } = await this.#run(
      '/bin/ps',
      [...which, ...columns],
      {
        cwd: os.tmpdir(),
        // The dates are compared with those of another day.
        env: { LC_ALL: 'C', TZ: 'UTC' },
        timeoutMs: 5_000,
        maxBytes: 64 * 1024 * 1024,
      },
    );
    // 1 and nothing said: there is no such process.
    const told = exitCode === 0 || (exitCode === 1 && stdout === '' && stderr === '');
    if (!told || timedOut) throw new Error(`ps did not tell the processes: ${stderr.slice(-500)}`);
    return readRows(stdout);
  }
}

/** A row: pid, parent, user, state, `Mon Sep 29 12:00:00 2025`, command and environment. */
export function readRows(text: string): readonly Row[] {
  const pattern =
    /^\s*(\d+)\s+(\d+)\s+(\d+)\s+([A-Z])\S*\s+(\S+\s+\S+\s+\S+\s+\S+\s+\d{4})\s+(.*)$/gm;
  return [...text.matchAll(pattern)].flatMap(
    ([, pid, parent, user, state, start = '', rest = '']) =>
      state === 'Z'
        ? []
        : [
            {
              pid: Number(pid),
              parent: Number(parent),
              user: Number(user),
              start: start.replaceAll(/\s+/g, ' '),
              text: rest,
            },
          ],
  );
}
