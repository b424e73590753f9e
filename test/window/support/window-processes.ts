import { readlinkSync } from 'node:fs';
import path from 'node:path';
import { isAlive, portsOf, processesWith, servingOf } from '../../support/processes';

/** Every case has a BentoML home of its own, which all processes of its window inherit. */
const mark = `BENTOML_HOME=${process.env['BENTOML_HOME'] ?? ''}`;

/** In the environment of everything that the helper starts. */
const helperMark = 'SERVE_BENTO_MARK=';

/**
 * What our extension started, directly or not; orphans too. Other extensions start processes as well (git when a file
 * changes), so ours are known by the helper's mark, or as the Pythons that they are. Linux only.
 */
export function ownProcesses(): readonly number[] {
  const marked = new Set(processesWith(helperMark));
  return processesWith(mark).filter(
    (pid) => marked.has(pid) || /python/.test(path.basename(programOf(pid) ?? '')),
  );
}

/** Of these, what serves or is left of it: all but helpers that wait for the next serve, each with its fork server. */
export const servingProcesses = (): readonly number[] => servingOf(ownProcesses());

export function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => isAlive(pid));
}

/** The ports on which the extension host, or anything it started, listens. */
export function windowPorts(): readonly number[] {
  return portsOf([process.pid, ...ownProcesses()]);
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // gone in the meantime
  }
}
