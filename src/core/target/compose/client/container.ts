/** A container of a project, as the engine reports it. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** The service in the Compose file. */
  readonly service: string;
  /** Its number in its service, counted from 1. */
  readonly number: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: ContainerStatus;
  /** Absent if the engine does not check it. */
  readonly health?: ContainerHealth;
  /** Absent while it runs and before its first start. */
  readonly exitCode?: number;
  readonly isOutOfMemory: boolean;
  /** The engine's error if the start failed. */
  readonly error?: string;
  /** The number of restarts by the engine. */
  readonly restarts: number;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
}

export const containerStatuses = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
] as const;

export type ContainerStatus = (typeof containerStatuses)[number];

export interface ContainerHealth {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  /** The last line of output of the latest failed check. */
  readonly answer?: string;
}
