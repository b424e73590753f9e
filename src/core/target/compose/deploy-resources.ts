import { oneCpu, type CpuMillis } from '../containers/quantities';
import type { WorkloadResources } from '../containers/workload-resources';

/**
 * Returns the resources of the `deploy` part of a service; an empty object if nothing is requested. Memory has a limit. CPU has one only where
 * BentoML counts the CPUs of the container: an engine refuses a limit above the CPUs of its machine.
 */
export function deployResources(resources: WorkloadResources): object {
  const { cpu, memory, gpus, gpuVendor, countsCpus } = resources;
  const limits = {
    ...(countsCpus && cpu !== undefined ? { cpus: cpusText(Math.max(cpu, oneCpu)) } : {}),
    ...(memory === undefined ? {} : { memory: memoryText(memory) }),
  };
  const reservations = {
    ...(cpu === undefined ? {} : { cpus: cpusText(cpu) }),
    ...(gpus === 0 ? {} : { devices: [devicesOf(gpuVendor, gpus)] }),
  };
  const all = {
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(reservations).length === 0 ? {} : { reservations }),
  };
  return Object.keys(all).length === 0 ? {} : { resources: all };
}

const cpusText = (millis: CpuMillis): string => String(millis / 1_000);

const devicesOf = (driver: string, count: number): object => ({
  ...{ driver, count, capabilities: ['gpu'] },
});

/** Compose's units are powers of 1024. */
function memoryText(bytes: number): string {
  for (const [unit, size] of [
    ['g', 2 ** 30],
    ['m', 2 ** 20],
    ['k', 2 ** 10],
  ] as const) {
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}b`;
}
