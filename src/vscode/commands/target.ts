/** What a command is asked to act on. */
export interface Target {
  readonly bento: string;
  readonly component?: string;
}

/** The first argument of a command as a tree row, a keybinding or another extension gives it. */
export function targetOf(argument: unknown): Target | undefined {
  if (typeof argument === 'string') return { bento: argument };
  try {
    return typeof argument === 'object' && argument !== null
      ? targetOfRow(argument as Record<string, unknown>)
      : undefined;
  } catch {
    // Another extension's object may do anything when it is looked at.
    return undefined;
  }
}

/** A container or pod. */
export interface WorkerTarget {
  readonly bento: string;
  readonly component: string;
  readonly worker: string;
}

/** The container or pod of a tree row. */
export function workerOf(argument: unknown): WorkerTarget | undefined {
  try {
    if (typeof argument !== 'object' || argument === null) return undefined;
    const { kind, bento, component, worker } = argument as Record<string, unknown>;
    return kind === 'worker' &&
      typeof bento === 'string' &&
      typeof component === 'string' &&
      typeof worker === 'string'
      ? { bento, component, worker }
      : undefined;
  } catch {
    // See `targetOf`.
    return undefined;
  }
}

/** Only tree rows have such a kind. */
function targetOfRow({ kind, bento, component }: Record<string, unknown>): Target | undefined {
  if (typeof bento !== 'string') return undefined;
  if (kind === 'bento') return { bento };
  return kind === 'component' && typeof component === 'string' ? { bento, component } : undefined;
}
