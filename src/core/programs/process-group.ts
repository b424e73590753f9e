type GroupSignal = 'SIGINT' | 'SIGKILL';

interface Child {
  readonly pid?: number | undefined;
  kill(signal: GroupSignal): boolean;
}

/** Ends a child that was started as the leader of a process group, and whatever is left in the group. */
export function endGroup(child: Child): void {
  signalGroup(child, 'SIGKILL');
}

/** Asks all of them to end, as Ctrl+C does. Not on Windows, where it ends the child. */
export function interruptGroup(child: Child): void {
  signalGroup(child, 'SIGINT');
}

function signalGroup(child: Child, signal: GroupSignal): void {
  // Without a pid a kill would reach the group we are in.
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left, or it is somebody else's.
  }
}
