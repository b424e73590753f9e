import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import {
  markPattern,
  trySignal,
  withDescendants,
  type Processes,
  type ProcessIdentity,
} from './processes';

/** So many are looked at together: the file system's threads are shared with the rest of the extension host. */
const together = 16;

interface Seen extends ProcessIdentity {
  readonly parent: number;
  readonly mark: string | undefined;
}

/** Linux, from /proc. */
export class LinuxProcesses implements Processes {
  /** Of this boot and this PID namespace: containers may share a home, and a home may be on several machines. */
  async system(): Promise<string> {
    const [boot, namespace] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid'),
    ]);
    return `${boot.trim()} ${namespace}`;
  }

  async identity(pid: number): Promise<ProcessIdentity | undefined> {
    const facts = await statOf(pid);
    return facts === undefined ? undefined : { pid, start: facts.start };
  }

  async marked(marks: ReadonlySet<string>): Promise<readonly ProcessIdentity[]> {
    const seen = new Map<number, Seen>();
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    for (let from = 0; from < pids.length; from += together) {
      const looked = await Promise.all(pids.slice(from, from + together).map(lookAt));
      for (const one of looked) if (one !== undefined) seen.set(one.pid, one);
    }
    const all = [...seen.values()];
    const roots = all.filter(({ mark }) => mark !== undefined && marks.has(mark));
    const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
    const found = withDescendants(
      roots.map(({ pid }) => pid),
      parents,
    );
    return all.filter(({ pid }) => found.has(pid) && pid !== process.pid);
  }

  async signal(targets: readonly ProcessIdentity[], signal: NodeJS.Signals): Promise<void> {
    for (const { pid, start } of targets) {
      const now = await statOf(pid);
      if (now?.start === start) trySignal(pid, signal);
    }
  }
}

/** Nothing for what is another user's, or has ended. */
async function lookAt(pid: number): Promise<Seen | undefined> {
  const owner = await unlessGone(stat(`/proc/${pid}`));
  if (owner?.uid !== process.geteuid?.()) return undefined;
  const facts = await statOf(pid);
  if (facts === undefined) return undefined;
  const environment = await unlessGone(readFile(`/proc/${pid}/environ`, 'latin1'));
  return { pid, ...facts, mark: markPattern.exec(environment ?? '')?.[1] };
}

async function statOf(
  pid: number,
): Promise<{ readonly start: string; readonly parent: number } | undefined> {
  const text = await unlessGone(readFile(`/proc/${pid}/stat`, 'latin1'));
  if (text === undefined) return undefined;
  // The name stands in parentheses and may hold anything, also ") R 1".
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = 'X', parent] = fields;
  const start = fields[19];
  if (/^[ZX]/.test(state) || start === undefined) return undefined;
  return { start, parent: Number(parent) };
}

/** Nothing, too, where it may not be looked at. Other errors, such as too many open files, tell nothing. */
async function unlessGone<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code ?? '')) return undefined;
    throw error;
  }
}
