import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { output } from '../../../scripts/run-program.mts';
import type { Cluster } from '../cluster';

export interface NodeCapacity {
  readonly name: string;
  readonly cpu: number;
  readonly memory?: string;
  readonly pods?: number;
  readonly gpus?: number;
}

/** Adds nodes that kwok simulates, and resolves when they are ready. */
export async function makeNodes(
  { env, kubectl }: Cluster,
  capacities: readonly NodeCapacity[],
): Promise<void> {
  const nodes = capacities.map(({ name, cpu, memory = '32Gi', pods = 110, gpus = 0 }) => {
    const capacity = {
      ...{ cpu: String(cpu), memory, pods: String(pods) },
      ...(gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) }),
    };
    const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' };
    return {
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } },
      status: { capacity, allocatable: capacity },
    };
  });
  const file = path.join(env['HOME'] ?? '', `nodes-${capacities[0]?.name ?? ''}.yaml`);
  await writeFile(file, nodes.map((node) => stringify(node)).join('---\n'));
  await output(kubectl, ['create', '-f', file], { env });
  const names = capacities.map(({ name }) => `node/${name}`);
  await output(kubectl, ['wait', '--for=condition=Ready', '--timeout=60s', ...names], { env });
}
