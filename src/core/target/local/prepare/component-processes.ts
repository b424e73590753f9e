import path from 'node:path';
import type { DiscoveredBento } from '../../../discovery/discovered-bento';
import type { WorkerSpec } from '../workers/worker-generation';
import type { PlannedComponent, PlannedProcess } from '../../../plan/plan';
import { fillArgv, fillEnv, type PlaceholderValues } from '../../../plan/placeholders';
import { hostCheckEnv } from '../../../exposure/host-check';
import type { LeasedAddress } from './lease-addresses';
import type { ServedTls } from './served-tls';

export interface ProcessParts {
  readonly planned: PlannedComponent;
  readonly bento: DiscoveredBento;
  readonly lease: LeasedAddress;
  /** Of all components by id, as BentoML takes them. */
  readonly addresses: ReadonlyMap<string, string>;
  /** The metrics directory: its own with the launcher `cli`, else that of all. */
  readonly metrics: string;
  readonly env: Readonly<Record<string, string>>;
  /** The fork server forks the workers. */
  readonly fork: boolean;
  /** Where each of them writes what it imports. */
  readonly imports: string;
  readonly tls: ServedTls | undefined;
  /** See `acceptedHosts`. */
  readonly hosts: readonly string[] | undefined;
}

/** The launcher `workers`: BentoML's worker processes, as many as it would run. */
export function workerSpecs(parts: ProcessParts): readonly WorkerSpec[] {
  return parts.planned.processes.flatMap((process) =>
    Array.from({ length: process.count }, (_, index) => workerSpec(parts, process, index + 1)),
  );
}

function workerSpec(parts: ProcessParts, process: PlannedProcess, worker: number): WorkerSpec {
  const { planned, bento, lease, env, fork, imports, hosts } = parts;
  const auxiliary = process.role !== 'worker';
  const name = `${planned.id}#${auxiliary ? process.role : worker}`;
  const fds = { self: lease.fd, metrics: lease.metrics?.fd };
  const values = valuesFor(parts, { worker, fds });
  return {
    process: name,
    argv: fillArgv(process.argv, values),
    env: { ...env, ...fillEnv(process.env, values), ...hostCheckEnv(hosts) },
    cwd: process.cwd ?? bento.workingDir,
    fds: process.sockets.flatMap((name) => fds[name] ?? []),
    // Nothing may outlive the helper, also what ignores a polite signal.
    deathSignal: 'SIGKILL',
    fork,
    imports: path.join(imports, encodeURIComponent(name)),
    ...(auxiliary && { auxiliary }),
  };
}

/** The launcher `cli`: one `start-…-server` command, whose arbiter runs the workers. */
export function commandSpecs(parts: ProcessParts): readonly WorkerSpec[] {
  const { planned, bento, env, hosts } = parts;
  const values = valuesFor(parts, {});
  return [
    {
      process: `${planned.id}#1`,
      argv: fillArgv(planned.command, values),
      env: { ...env, ...fillEnv(planned.commandEnv, values), ...hostCheckEnv(hosts) },
      cwd: bento.workingDir,
      fds: [],
      // The arbiter ends its workers when it is asked politely; killed, it would leave them.
      deathSignal: 'SIGTERM',
      arbiter: true,
    },
  ];
}

function valuesFor(
  { lease, addresses, metrics, tls }: ProcessParts,
  own: Pick<PlaceholderValues, 'worker' | 'fds'>,
): PlaceholderValues {
  const { address } = lease;
  return {
    ...own,
    metrics,
    addresses,
    ...tls?.paths,
    ...(address.kind === 'tcp' ? { host: address.host, port: address.port } : {}),
    ...(lease.metrics === undefined ? {} : { metricsPort: lease.metrics.port }),
  };
}
