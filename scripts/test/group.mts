import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

/** A command with everything it starts: ended together, at the latest when this process is. */
export interface Group {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exited: Promise<number | null>;
  readonly closed: Promise<void>;
  /** Asks politely, so that a suite can end its servers and windows, and then no more. */
  end(): void;
  dispose(): void;
}

const windows = process.platform === 'win32';
const patienceMs = 10_000;

export function startGroup([file, ...args]: readonly [string, ...string[]], cwd: string): Group {
  const child = spawn(file, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm's commands are scripts there, which only a shell runs; the arguments are ours.
    shell: windows,
    // A group of its own: npm has children.
    detached: !windows,
  });
  const exited = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      console.error(error.message);
      resolve(null);
    });
    child.on('exit', resolve);
  });
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => {
      resolve();
    });
  });
  let force: NodeJS.Timeout | undefined;
  const end = () => {
    signal(child.pid, 'SIGTERM');
    force ??= setTimeout(() => {
      signal(child.pid, 'SIGKILL');
    }, patienceMs);
  };
  // In a group of its own it does not get the terminal's Ctrl+C.
  const onSignal = (name: NodeJS.Signals) => {
    end();
    void exited.finally(() => process.exit(name === 'SIGINT' ? 130 : 143));
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  const dispose = () => {
    clearTimeout(force);
    for (const name of names) process.off(name, onSignal);
    child.stdout.destroy();
    child.stderr.destroy();
  };
  return { child, exited, closed, end, dispose };
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    if (windows) spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' });
    else process.kill(-pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
