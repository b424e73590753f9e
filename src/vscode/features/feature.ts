import type { Disposable } from '../../core/events';
import type { Log } from '../../core/log';
import { DisposableList } from '../lifecycle/disposable-list';

/** A part of the extension that users see, such as a view. */
export interface Feature<Parts> {
  /** For the log. */
  readonly name: string;
  /** Registers the feature with VS Code, and adds to `own` everything that is to end with it. */
  readonly register: (parts: Parts, own: Pick<DisposableList, 'push'>) => void;
}

/** Registers features. One that fails is removed and logged; the others are registered all the same. */
export function registerFeatures<Parts>(
  features: readonly Feature<Parts>[],
  parts: Parts,
  log: Pick<Log, 'error'>,
): Disposable {
  const all = new DisposableList();
  for (const { name, register } of features) {
    const own = new DisposableList();
    try {
      register(parts, own);
      all.push(own);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.error(`The feature "${name}" is not available: ${reason}`);
      end(own, name, log);
    }
  }
  return all;
}

function end(own: DisposableList, name: string, log: Pick<Log, 'error'>): void {
  try {
    own.dispose();
  } catch (error) {
    log.error(`The feature "${name}" could not be removed: ${String(error)}`);
  }
}
