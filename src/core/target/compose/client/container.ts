/** A container of a project, as the engine reports it. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** Of the Compose file. */
  readonly service: string;
  /** From 1, in its service. */
  readonly number: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: ContainerStatus;
  /** Absent: the engine does not check it. */
  readonly health?: ContainerHealth;
  /** Absent while it runs and before its first start. */
  readonly exitCode?: number;
  readonly isOutOfMemory: boolean;
  /** What the engine says about a start that failed. */
  readonly error?: string;
  /** How often the engine has restarted it. */
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
  /** The last line of what the newest failed check wrote. */
  readonly answer?: string;
}
