import { writeExport } from '../../../src/core/export/write-export';
import type { ContainerPlan } from '../../../src/core/target/containers/container-plan';
import { kustomize } from '../../../src/core/target/kubernetes/kustomize';
import type { Harness } from '../../support/harness';

/** The image of pods that become ready. What becomes of others: see `fates` in stages.ts. */
export const imageNamed = (name: string): string =>
  `registry.example.com/${name}@sha256:${'a'.repeat(64)}`;

/** Writes the manifests of a plan into a folder, as **Export…** does. */
export async function exportPlan(plan: ContainerPlan, folder: string): Promise<void> {
  for (const { path, text } of kustomize(plan)) await writeExport(folder, path, text);
}

/** Exports the real plan of the harness's bento, and stops what that has started. */
export async function exportKubernetes({ registry, folder }: Harness): Promise<void> {
  const choice = { reference: imageNamed('ready'), isDevelopment: false };
  await exportPlan(await registry.containerPlan(registry.bentos[0]?.id ?? '', choice), folder);
  await registry.stopAll();
}
