import { shellCommand } from '../../containers/shell-command';
import type { TerminalProgram, WorkerLogRequest } from '../../target';
import type { Kubectl } from './kubectl';
import { mainContainer } from './pod';

export interface PodLogRequest extends Omit<WorkerLogRequest, 'worker'> {
  readonly pod: string;
}

/** Follows the log of a pod, or prints that of the container before its last restart. Resolves when it has ended. */
export async function followLogs(
  kubectl: Kubectl,
  { pod, previous = false, tail, since, onOutput, signal }: PodLogRequest,
): Promise<void> {
  const args = [
    ...['logs', pod, `--container=${mainContainer}`, `--tail=${tail}`],
    ...(since === undefined ? [] : [`--since-time=${new Date(since).toISOString()}`]),
    previous ? '--previous' : '--follow',
  ];
  await kubectl.stream(args, {
    signal,
    onOutput: (text, stream) => {
      if (stream === 'stdout') onOutput(text);
    },
  });
}

/** Returns a program for a terminal: a shell in a pod. */
export const shellIn = (kubectl: Kubectl, pod: string): TerminalProgram =>
  kubectl.inTerminal([
    ...['exec', '--stdin', '--tty', pod, `--container=${mainContainer}`, '--'],
    ...shellCommand,
  ]);

/** Makes the cluster replace the pods of Deployments. Returns their generations by their names. */
export async function restartDeployments(
  kubectl: Kubectl,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  if (names.length === 0) return new Map();
  const objects = names.map((name) => `deployment/${name}`);
  const output = `--output=jsonpath={.metadata.name} {.metadata.generation}{"\\n"}`;
  return generationsIn(await kubectl.query(['rollout', 'restart', ...objects, output], { signal }));
}

/** Reads lines such as `search-http 3`. */
export const generationsIn = (output: string): ReadonlyMap<string, number> =>
  new Map(
    output.split('\n').flatMap((line) => {
      const [name, generation] = line.split(' ');
      return name === undefined || generation === undefined ? [] : [[name, Number(generation)]];
    }),
  );

/** Changes the number of pods of a Deployment. */
export async function scaleDeployment(
  kubectl: Kubectl,
  name: string,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  await kubectl.query(['scale', `deployment/${name}`, `--replicas=${count}`], { signal });
}
