import type { DebugAdapter } from './debug-adapter';

/** A worker with the name of its component, as the editor shows its session. */
export interface WorkerIdentity {
  /** The component's id. */
  readonly component: string;
  /** The component's name. */
  readonly componentName: string;
  /** Unique among the living processes of the bento: `service:Embedder#2`. */
  readonly process: string;
}

/** A worker that has attached to its debug adapter. */
export interface DebuggedWorker extends WorkerIdentity {
  readonly pid: number;
  /** `http`, `Embedder`, or `Embedder #2`. */
  readonly name: string;
  /** The Unix socket of its debug adapter. */
  readonly socket: string;
  /** Settles when it is not debugged any more. */
  readonly ended: Promise<void>;
}

/**
 * As the row of the component: servers are called by what they speak. Workers after the first have a number; what a
 * reload started has one behind it, which says nothing to people.
 */
export function sessionName({ component, componentName, process }: WorkerIdentity): string {
  const [, number] = /#(\d+)(?:@\d+)?$/.exec(process) ?? [];
  const name = component === 'http' || component === 'grpc' ? component : componentName;
  return number === undefined || number === '1' ? name : `${name} #${number}`;
}

export const debuggedWorker = (
  identity: WorkerIdentity,
  pid: number,
  { socket, ended }: DebugAdapter,
): DebuggedWorker => ({
  ...identity,
  pid,
  socket,
  name: sessionName(identity),
  ended: ended.then(() => undefined),
});
