import type { WorkerSpec } from '../launch/worker-group';
import { fillArgv, fillEnv, type PlaceholderValues } from './placeholders';
import type { PlannedComponent } from './plan';

/** Where and with what one component of a plan runs. */
export interface ComponentPlace extends Omit<PlaceholderValues, 'worker'> {
  /** The environment of every component. */
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
}

/** BentoML's own worker processes, for the launcher `workers`. */
export function workerProcesses(
  component: PlannedComponent,
  place: ComponentPlace,
): readonly WorkerSpec[] {
  return component.processes.flatMap((process) => {
    const count = process.role === 'metrics' ? 1 : process.count;
    return Array.from({ length: count }, (_, index): WorkerSpec => {
      const worker = index + 1;
      const values = { ...place, worker };
      return {
        process: `${component.id}#${process.role === 'metrics' ? 'metrics' : worker}`,
        argv: fillArgv(process.argv, values),
        env: { ...place.env, ...fillEnv(process.env, values) },
        cwd: process.cwd ?? place.workingDir,
        fds: process.sockets.flatMap((name) => place.fds?.[name] ?? []),
        deathSignal: 'SIGKILL',
      };
    });
  });
}

/** BentoML's start command with its arbiter, for the launcher `cli`. */
export function commandProcess(component: PlannedComponent, place: ComponentPlace): WorkerSpec {
  return {
    process: `${component.id}#1`,
    argv: fillArgv(component.command, place),
    env: { ...place.env, ...fillEnv(component.commandEnv, place) },
    cwd: place.workingDir,
    fds: [],
    // The arbiter ends its workers on SIGTERM; killed, it would leave them.
    deathSignal: 'SIGTERM',
  };
}
