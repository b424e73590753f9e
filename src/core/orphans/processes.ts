/** A process for good: a pid alone may be another one's tomorrow. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system says it; only equality means something. */
  readonly start: string;
}

/**
 * What a system tells of its processes; those that have ended and wait for their burial do not count. All of it throws
 * when the system does not tell, which must not be taken for "there is none".
 */
export interface Processes {
  /** Where and when pids mean something: the same text for the same boot and the same view of the processes. */
  system(): Promise<string>;
  /** Nothing when there is no such process. */
  identity(pid: number): Promise<ProcessIdentity | undefined>;
  /** Processes of this user whose environment holds one of the marks, and their descendants; never our own. */
  marked(marks: ReadonlySet<string>): Promise<readonly ProcessIdentity[]>;
  /** Signals those that are still who they were. */
  signal(targets: readonly ProcessIdentity[], signal: NodeJS.Signals): Promise<void>;
}

/** Whoever has ended meanwhile, or has become another user's, is left alone. */
export function trySignal(pid: number, signal: NodeJS.Signals): void {
  // 0 and below are groups; the system's first process is nobody's.
  if (pid <= 1 || pid === process.pid) return;
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, or not ours.
  }
}

/** In the environment of all that we start, so that what escapes its parent is still known. */
export const markVariable = 'SERVE_BENTO_MARK';

/** Its value is the mark, or the mark and what the process is for. */
export const markPattern = /(?<![^\0\s])SERVE_BENTO_MARK=([0-9a-f]{32})(?![^\0\s:])/;

/** Roots and all that descends from them. */
export function withDescendants(
  roots: Iterable<number>,
  parents: ReadonlyMap<number, number>,
): ReadonlySet<number> {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of parents) {
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  const found = new Set(roots);
  // What is added while a set is walked is walked, too.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  return found;
}
