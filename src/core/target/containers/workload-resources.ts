import { problemTexts, say, type Message } from '../../messages/message';
import type { PlannedComponent } from '../../plan/plan';
import { workerResources } from '../../plan/worker-resources';
import { ServeError } from '../../problem';
import { readCpu, readGpus, readMemory, type CpuMillis } from './quantities';

/** The resources of each container of a workload. */
export interface WorkloadResources {
  /** The CPUs that its code or BentoML's configuration requests. */
  readonly cpu?: CpuMillis;
  /** In bytes. A container that uses more is killed. */
  readonly memory?: number;
  readonly gpus: number;
  readonly gpuVendor: GpuVendor;
  /**
   * Whether BentoML counts the CPUs of the container to decide how many workers or threads it has. Without a limit it
   * counts those of the whole machine.
   */
  readonly countsCpus: boolean;
}

export type GpuVendor = 'nvidia' | 'amd';

/** @throws ServeError `settings` if a value is not a quantity */
export function workloadResources(planned: PlannedComponent, bento: string): WorkloadResources {
  const { id, name, kind, resources = {}, usesCpuCount = false } = planned;
  const read = <Value>(
    resource: 'cpu' | 'memory' | 'gpu',
    reader: (value: string | number) => Value | undefined,
    examples: string,
  ): Value | undefined => {
    const said = resources[resource];
    if (said === undefined) return undefined;
    const value = reader(said);
    if (value !== undefined) return value;
    const facts = { bento, name, resource, value: JSON.stringify(said), examples };
    throw new ServeError({
      ...{ code: 'settings', component: id },
      ...problemTexts(say('containersQuantity', facts), say('containersQuantitySummary', facts)),
    });
  };
  const cpu = read('cpu', readCpu, '2, 500m');
  const memory = read('memory', readMemory, '512Mi, 4Gi');
  const gpus = Math.max(assignedGpus(planned), read('gpu', readGpus, '1, 2') ?? 0);
  return {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    gpus,
    gpuVendor: String(resources.gpuType ?? '').startsWith('amd-') ? 'amd' : 'nvidia',
    // A runner with GPUs has workers for its GPUs.
    countsCpus: usesCpuCount && !(kind === 'runner' && gpus > 0),
  };
}

/** Counts the GPUs that BentoML would assign to the workers of the component on this machine. */
function assignedGpus({ processes }: PlannedComponent): number {
  const all = processes.flatMap(workerResources).flatMap(({ gpus = [] }) => gpus);
  return new Set(all).size;
}

/** Returns sentences about requested resources that engines cannot provide exactly. */
export function resourcesLeftOut({ name, resources = {} }: PlannedComponent): readonly Message[] {
  const { gpu, gpuType, tpuType } = resources;
  return [
    ...(gpu !== undefined && !Number.isInteger(Number(gpu))
      ? [say('containersWholeGpus', { name, gpus: String(gpu) })]
      : []),
    ...(gpuType === undefined ? [] : [say('containersGpuType', { name, type: String(gpuType) })]),
    ...(tpuType === undefined ? [] : [say('containersTpuType', { name, type: String(tpuType) })]),
  ];
}
