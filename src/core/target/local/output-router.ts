import type { Disposable } from '../../events';
import type { ProcessHost } from './helper/process-host';
import type { ComponentLog } from '../../logs/component-log';

/**
 * Writes what processes print to the log of their component, until it is disposed. Processes are named after their
 * component (`http#1`); what belongs to no component is left to others. A log that is behind slows its processes down.
 */
export const routeOutput = (
  helper: Pick<ProcessHost, 'onOutput' | 'hold'>,
  logOf: (component: string) => ComponentLog | undefined,
): Disposable =>
  helper.onOutput(({ process, stream, text }) => {
    const component = process.slice(0, process.lastIndexOf('#'));
    const drained = logOf(component)?.write(text, process, stream);
    if (drained !== undefined) helper.hold(drained);
  });
