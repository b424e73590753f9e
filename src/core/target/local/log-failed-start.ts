import type { ComponentLog } from '../../logs/component-log';
import type { Problem } from '../../model';

/** Writes why a bento was not started to a log. What is wrong with one component is in its own log already. */
export function logFailedStart(
  log: () => ComponentLog,
  { message, detail, component }: Problem,
): void {
  if (component !== undefined) return;
  const own = log();
  own.event(`not started: ${message}`);
  if (detail === undefined) return;
  void own.write(detail.endsWith('\n') ? detail : `${detail}\n`, 'start', 'stderr');
  own.ended('start');
}
