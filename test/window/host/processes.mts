import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface MarkedProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly role: 'server' | 'extensionHost' | 'ptyHost' | 'fileWatcher' | 'other';
  readonly rssKb: number;
  readonly command: string;
}

const markName = 'SERVE_BENTO_WINDOW_RUN';

/** All that a window's server starts inherits the mark: an orphan is found even when re-parented. */
export function markEnvironment(mark: string): Record<string, string> {
  return { [markName]: mark };
}

export function markedProcesses(mark: string): readonly MarkedProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => readProcess(Number(pid), mark) ?? []);
}

/** Ends what carries the mark: politely, then by force. Gives back what had to be forced. */
export async function endMarkedProcesses(mark: string): Promise<readonly MarkedProcess[]> {
  const left = () => markedProcesses(mark);
  for (const { pid, role } of left()) if (role === 'server') signal(pid, 'SIGTERM');
  // The extension hosts run deactivate() now.
  const isBusy = () => left().some(({ role }) => role === 'server' || role === 'extensionHost');
  await settled(() => !isBusy(), 6000);
  await settled(() => left().length === 0, 500);
  const forced = left();
  for (const { pid } of forced) signal(pid, 'SIGKILL');
  await settled(() => left().length === 0, 5000);
  return forced;
}

function readProcess(pid: number, mark: string): MarkedProcess | undefined {
  const read = (file: string) => readFileSync(`/proc/${String(pid)}/${file}`, 'latin1');
  try {
    if (pid === process.pid) return undefined;
    if (!read('environ').split('\0').includes(`${markName}=${mark}`)) return undefined;
    const stat = read('stat');
    const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return undefined;
    const command = read('cmdline').split('\0').join(' ').trim();
    const rssKb = Number(/VmRSS:\s+(\d+)/.exec(read('status'))?.[1] ?? 0);
    return { pid, ppid: Number(ppid), role: roleOf(command), rssKb, command };
  } catch {
    return undefined; // gone, or another user's
  }
}

function roleOf(command: string): MarkedProcess['role'] {
  const type = /--type=(extensionHost|ptyHost|fileWatcher)/.exec(command)?.[1];
  if (type !== undefined) return type as MarkedProcess['role'];
  return command.includes('server-main.js') ? 'server' : 'other';
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone in the meantime
  }
}

async function settled(isDone: () => boolean, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!isDone() && Date.now() < end) await sleep(50);
}
