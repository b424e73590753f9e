import {
  debugArchive,
  type ContainerPlan,
  type Workload,
  type WorkloadDebug,
} from './container-plan';

/** The longest time that a worker may be paused: a day. */
const pauseSeconds = 86_400;

/**
 * Returns the plan with some workloads started so that their worker is debugged. The other ones are unchanged, so that
 * engines do not restart them.
 * @param components the ids of the debugged components
 * @param archive see `WorkloadDebug.archive`
 */
export function debuggedContainers(
  plan: ContainerPlan,
  components: readonly string[],
  archive: string,
): ContainerPlan {
  const debug: WorkloadDebug = { archive, pauseSeconds };
  const workloads = plan.workloads.map((workload): Workload =>
    components.includes(workload.component)
      ? { ...workload, debug, command: debugCommand(workload.command) }
      : workload,
  );
  return { ...plan, workloads };
}

/** Returns how long the workloads of a plan may take to become ready: a worker may be paused while it starts. */
export const readySeconds = ({ startSeconds, workloads }: ContainerPlan): number =>
  Math.max(startSeconds, ...workloads.map(({ debug }) => debug?.pauseSeconds ?? 0));

/** `python -m MODULE ARGUMENT…` becomes `python ARCHIVE MODULE ARGUMENT…`. */
const debugCommand = ([python = 'python', , ...module]: readonly string[]): readonly string[] => [
  ...[python, debugArchive],
  ...module,
];
