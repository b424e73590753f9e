import type { ComponentDetails } from '../bento-manager';
import type { BentoRecord } from './bento-record';

/** See `BentoManager.details`. */
export function componentDetails(
  { logs, served }: Readonly<BentoRecord>,
  component: string,
): ComponentDetails | undefined {
  const log = logs.get(component);
  if (log === undefined) return undefined;
  const running = served?.components.find(
    (candidate) => candidate.component.planned.id === component,
  );
  const waitingFor = running?.supervisor.waitingFor;
  const debugging = served?.debugger?.stateOf(component);
  const notDebuggable = running && served?.notDebuggable(component);
  const stop = running?.supervisor.stopping;
  const { command, insteadOf } = running?.component ?? {};
  return {
    output: log.output,
    logFile: log.path,
    workersWanted: running?.component.workers.workersWanted ?? 0,
    workersAlive: running?.component.workers.workersAlive ?? 0,
    resources: running?.component.resources ?? [],
    recentErrors: running?.supervisor.recentErrors ?? 0,
    ...(command === undefined ? {} : { command }),
    ...(insteadOf === undefined ? {} : { insteadOf }),
    ...(waitingFor === undefined ? {} : { waitingFor }),
    ...(debugging === undefined ? {} : { debugging }),
    ...(notDebuggable === undefined ? {} : { notDebuggable }),
    ...(stop === undefined ? {} : { stop }),
  };
}
