import type { Disposable } from '../events';

const ends = new Set<() => void>();

/** Calls `end` if this process exits before the result is disposed. One listener for all: Node warns about more than ten. */
export function atExit(end: () => void): Disposable {
  if (ends.size === 0) process.on('exit', endAll);
  ends.add(end);
  return {
    dispose: () => {
      ends.delete(end);
      if (ends.size === 0) process.off('exit', endAll);
    },
  };
}

function endAll(): void {
  for (const end of ends) end();
}
