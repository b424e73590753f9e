import type { ComponentState } from '../../model';
import { cancelled, ServeError } from '../../problem';
import type { ComponentSupervisor } from './supervise/component-supervisor';

/** The part of a supervisor that tells how its component is. */
export type ObservedComponent = Pick<ComponentSupervisor, 'state' | 'problem' | 'onDidChange'>;

/** Resolves when the component is ready, or as `enough` says. @throws ServeError when it failed, was stopped or cancelled. */
export function waitUntilReady(
  supervisor: ObservedComponent,
  cancel: AbortSignal,
  enough: readonly ComponentState[] = ['ready'],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): boolean => {
      const { state, problem } = supervisor;
      if (enough.includes(state)) resolve();
      else if (problem !== undefined && (state === 'failed' || cancel.aborted))
        reject(new ServeError(problem));
      else if (cancel.aborted || state === 'stopped') reject(cancelled());
      else return false;
      subscription.dispose();
      cancel.removeEventListener('abort', check);
      return true;
    };
    const subscription = supervisor.onDidChange(check);
    cancel.addEventListener('abort', check);
    check();
  });
}
