import type { Component, Problem } from '../model';

/** A component that does not run; with a problem, because of it. */
export function idleComponent(
  { id, kind, name, remote = false }: Pick<Component, 'id' | 'kind' | 'name' | 'remote'>,
  problem?: Problem,
): Component {
  return Object.freeze({
    ...{ id, kind, name },
    ...(remote ? { remote } : {}),
    state: problem === undefined || problem.code === 'grpc-unavailable' ? 'stopped' : 'failed',
    pids: Object.freeze([]),
    restarts: 0,
    ...(problem === undefined ? {} : { problem }),
  });
}
