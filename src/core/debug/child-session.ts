import type { PathMapping } from './built-sources';
import type { DebuggedWorker } from './debugged-worker';

export interface ChildOptions {
  /** Stop only in the user's own code. */
  readonly justMyCode: boolean;
  readonly subProcess: boolean;
  /** Of a built bento: where the editor has its sources. */
  readonly pathMappings?: readonly PathMapping[];
}

/**
 * The configuration of a worker's session. debugpy hands it on to the sessions of the processes that the worker starts,
 * which reach the same adapter by `socket`; of `connect` nothing but its presence is read.
 */
export const childSession = (
  { name, socket, pid, component }: DebuggedWorker,
  { justMyCode, subProcess, pathMappings = [] }: ChildOptions,
): Readonly<Record<string, unknown>> => ({
  name,
  workerName: name,
  socket,
  component,
  worker: pid,
  connect: { host: '127.0.0.1', port: 0 },
  justMyCode,
  subProcess,
  ...(pathMappings.length === 0 ? {} : { pathMappings }),
});
