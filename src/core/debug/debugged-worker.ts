import net from 'node:net';
import type { Duplex } from 'node:stream';

/** A worker with the name of its component, as the editor shows its session. */
export interface WorkerIdentity {
  /** The component's id. */
  readonly component: string;
  /** What the component is called on its row. */
  readonly componentName: string;
  /** Unique among the living processes of the bento: `service:Embedder#2`. */
  readonly process: string;
}

/** A worker that has attached to its debug adapter. */
export interface DebuggedWorker extends WorkerIdentity {
  readonly pid: number;
  /** `Embedder`, or `Embedder #2`. */
  readonly name: string;
  /** Identifies its debug adapter: the Unix socket on this machine, or a name. */
  readonly socket: string;
  /** Opens a connection to its debug adapter. */
  readonly connect: () => Duplex;
  /** Settles when the worker is no longer debugged. */
  readonly ended: Promise<void>;
}

/** The name of the session of a worker. Workers after the first have a number; the number of a reload is left out. */
export function sessionName(worker: WorkerIdentity): string {
  const number = workerNumber(worker);
  return number === 1 ? worker.componentName : `${worker.componentName} #${number}`;
}

/** Returns the number of a worker in its component, counted from 1. */
export const workerNumber = ({ process }: Pick<WorkerIdentity, 'process'>): number =>
  Number(/#(\d+)(?:@\d+)?$/.exec(process)?.[1] ?? 1);

export const debuggedWorker = (
  identity: WorkerIdentity,
  pid: number,
  { socket, ended }: Pick<DebuggedWorker, 'socket' | 'ended'>,
): DebuggedWorker => ({
  ...identity,
  pid,
  socket,
  connect: () => net.connect(socket),
  ended,
  name: sessionName(identity),
});
