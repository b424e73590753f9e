import * as vscode from 'vscode';
import type { ServeBentoApi } from '../api';
import type { BentoManager } from '../core/bento-manager';
import { problemOf, ServeError } from '../core/problem';
import { asSignal } from './lifecycle/as-signal';
import { deepFrozen } from './deep-frozen';

/** A reader and caller of the manager, without its other parts. `discovered`: the first discovery is done. */
export function exportedApi(
  manager: BentoManager,
  discovered: () => Promise<unknown>,
): ServeBentoApi {
  /** What is asked for right after activation may not have been found yet. */
  const known = async (id: string): Promise<void> => {
    assertText(id, 'bento');
    if (manager.discovered(id) === undefined) await discovered();
  };
  // VS Code's own, so that what a listener throws is logged as its own and reaches nobody else.
  const changed = new vscode.EventEmitter<void>();
  manager.onDidChange(() => changed.fire());
  return Object.freeze({
    version: 1,
    get bentos() {
      return deepFrozen(manager.bentos);
    },
    onDidChange: changed.event,
    refresh: () => coded(async () => deepFrozen(await manager.refresh())),
    serve: (id, options) =>
      coded(async () => {
        const signal = options?.cancel === undefined ? undefined : asSignal(options.cancel);
        await known(id);
        const profile = options?.profile;
        if (profile !== undefined) assertText(profile, 'profile');
        return deepFrozen(
          await manager.serve(id, {
            ...(signal === undefined ? {} : { signal }),
            ...(profile === undefined ? {} : { profile }),
          }),
        );
      }),
    stop: (id) =>
      coded(async () => {
        await known(id);
        await manager.stop(id);
      }),
    restart: (id, component) =>
      coded(async () => {
        await known(id);
        if (component !== undefined) assertText(component, 'component');
        return deepFrozen(await manager.restart(id, component));
      }),
  } satisfies ServeBentoApi);
}

/** Callers may know nothing of our types. */
function assertText(value: unknown, what: 'bento' | 'component' | 'profile'): void {
  if (typeof value === 'string') return;
  throw new ServeError({
    code: 'not-found',
    message:
      what === 'profile'
        ? 'The name of a profile must be a string.'
        : `The id of a ${what} must be a string.`,
  });
}

/** Every rejection has a code. */
async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ServeError ? error : new ServeError(problemOf(error), { cause: error });
  }
}
