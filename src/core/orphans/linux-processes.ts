import { readFileSync } from 'node:fs';
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
    const text = await unlessGone(readFile(`/proc/${pid}/stat`, 'latin1'));
    const start = text === undefined ? undefined : factsOf(text)?.start;
    return start === undefined ? undefined : { pid, start };
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
    const family = all.filter(({ pid }) => found.has(pid) && pid !== process.pid);
    const ours = await Promise.all(family.map(isOurs));
    return family.filter((_, index) => ours[index]);
  }

  /** Read at once and not waited for: nothing is to happen between the look and the signal. */
  signal(targets: readonly ProcessIdentity[], signal: NodeJS.Signals): Promise<void> {
    for (const { pid, start } of targets) {
      if (readNow(pid)?.start === start) trySignal(pid, signal);
    }
    return Promise.resolve();
  }
}

async function lookAt(pid: number): Promise<Seen | undefined> {
  const [text, environment = ''] = await Promise.all([
    unlessGone(readFile(`/proc/${pid}/stat`, 'latin1')),
    // Of another user's it may not be read, except by root.
    unlessGone(readFile(`/proc/${pid}/environ`, 'latin1')),
  ]);
  const facts = text === undefined ? undefined : factsOf(text);
  return facts && { pid, ...facts, mark: markPattern.exec(environment)?.[1] };
}

async function isOurs({ pid }: ProcessIdentity): Promise<boolean> {
  return (await unlessGone(stat(`/proc/${pid}`)))?.uid === process.geteuid?.();
}

function readNow(pid: number): Facts | undefined {
  try {
    return factsOf(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

interface Facts {
  readonly start: string;
  readonly parent: number;
}

function factsOf(stat: string): Facts | undefined {
  // The name stands in parentheses and may hold anything, also ") R 1".
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
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
