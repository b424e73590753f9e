import type { ComponentDetails } from '../bento-manager';
import type { RunningDetails } from '../target/running-component';
import type { BentoRecord } from './bento-record';

const idleDetails: RunningDetails = {
  workersWanted: 0,
  workersAlive: 0,
  resources: [],
  recentErrors: 0,
};

/** See `BentoManager.details`. */
export function componentDetails(
  { logs, served }: Readonly<BentoRecord>,
  component: string,
): ComponentDetails | undefined {
  const log = logs.get(component);
  if (log === undefined) return undefined;
  const running = served?.components.find(({ id }) => id === component);
  const debugging = served?.debugger?.stateOf(component);
  const notDebuggable = running && served?.notDebuggable(component);
  return {
    output: log.output,
    logFile: log.path,
    ...(running?.details ?? idleDetails),
    ...(debugging === undefined ? {} : { debugging }),
    ...(notDebuggable === undefined ? {} : { notDebuggable }),
  };
}
