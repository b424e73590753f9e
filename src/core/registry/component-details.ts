import type { ComponentDetails } from '../bento-manager';
import { byId } from '../by-id';
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
  { logs, served, details }: Readonly<BentoRecord>,
  component: string,
): ComponentDetails | undefined {
  const log = logs.get(component);
  if (log === undefined) return undefined;
  const running = served && byId(served.components, component);
  const debugging = served?.debugger?.stateOf(component);
  const own = running?.details ?? idleDetails;
  // Processes of this machine have new details each time, so that everything else is asked again, too.
  const facts = [log, log.path, own, debugging, served, served?.plan];
  return details.get(component, facts, () => {
    const notDebuggable = running && served.notDebuggable(component);
    return {
      output: log.output,
      logFile: log.path,
      ...own,
      ...(debugging === undefined ? {} : { debugging }),
      ...(notDebuggable === undefined ? {} : { notDebuggable }),
    };
  });
}
