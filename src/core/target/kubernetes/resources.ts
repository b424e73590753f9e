import { cpuQuantity, memoryQuantity, oneCpu } from '../containers/quantities';
import type { Workload } from '../containers/container-plan';

/** Requested if nothing is: an autoscaler compares the load with the request. */
const usualCpu = 500;

/**
 * Returns the resources of a container. Memory has a limit, because a node that runs out of it ends any of its pods. CPU
 * has none, so that a busy pod can use what its node has left, except where BentoML counts the CPUs: without a limit it
 * would start a worker for each CPU of the node.
 */
export function resourcesOf({ resources }: Workload): object {
  const { cpu = usualCpu, memory, gpus, gpuVendor, countsCpus } = resources;
  const both = {
    ...(memory === undefined ? {} : { memory: memoryQuantity(memory) }),
    ...(gpus === 0 ? {} : { [`${gpuVendor}.com/gpu`]: String(gpus) }),
  };
  const limits = {
    ...(countsCpus ? { cpu: cpuQuantity(Math.max(cpu, oneCpu)) } : {}),
    ...both,
  };
  return {
    requests: { cpu: cpuQuantity(cpu), ...both },
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}
