import type { Clock } from '../../../clock';
import type { HealthTimings } from '../../../health/health-monitor';
import type { Probe } from '../../../health/probe';
import type { ComponentLog } from '../../../logs/component-log';
import type { Argument, Message } from '../../../messages/message';
import type { Problem } from '../../../model';
import type { ExitStatus } from '../../../programs/exit-status';
import type { Workers } from '../workers/workers';
import type { ReadTotal } from './recent-errors';
import type { RestartPolicy } from './restart-policy';

/** A component as its supervisor sees it. */
export interface SupervisedComponent {
  readonly id: string;
  readonly name: string;
  /** It runs elsewhere: nothing can be done about it here. */
  readonly remote: boolean;
  /** Whether only other components of the bento can reach it. Its latency is then not shown, so it is not reported. */
  readonly isPrivate?: boolean;
  readonly workers: Workers;
  readonly log: ComponentLog;
  /** The advice to the user if it does not become ready in time. */
  readonly adviceWhenLate: Message;
  readonly makeProbe: () => Probe;
  /** Called before the first worker is started, for what has to happen right then. */
  readonly beforeLaunch: () => Promise<void>;
  /** Reads how many requests it has answered with an error; only grows while its workers live. Absent if nothing counts them. */
  readonly errorTotal?: ReadTotal;
  /** Describes the dependency that it waits for. Undefined if all its dependencies are ready. */
  readonly blockedBy: () => Argument | undefined;
  /** Why one of its processes ended. */
  readonly crashProblem: (process: string, status: ExitStatus) => Problem;
}

export interface SupervisorOptions {
  readonly health: HealthTimings;
  /** The reaction to a component that has stopped responding. */
  readonly onHang: 'notify' | 'restart';
  /** A Python debugger may hold the processes on purpose. */
  readonly isDebugging: () => boolean;
  readonly startTimeoutMs: number;
  /** It is found, not started: the first answer decides whether it is ready, and there is no deadline. */
  readonly watchOnly: boolean;
  readonly gracePeriodMs: number;
  readonly clock: Clock;
  readonly freshPolicy: () => RestartPolicy;
}
