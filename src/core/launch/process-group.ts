interface Child {
  readonly pid?: number | undefined;
  kill(signal: 'SIGKILL'): boolean;
}

/** Ends a child that was started as the leader of a process group, and whatever is left in the group. */
export function endGroup(child: Child): void {
  // Without a pid a kill would reach the group we are in.
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left, or it is somebody else's.
  }
}
