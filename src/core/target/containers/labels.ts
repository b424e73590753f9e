import type { ContainerPlan, Workload } from './container-plan';

/** The labels of our containers and cluster objects. Anything without them is not ours. */
export const bentoLabel = 'serve-bento.dev/bento';
export const componentLabel = 'serve-bento.dev/component';

/** Returns the labels of a workload. Their values are DNS labels, which all engines allow. */
export function labelsOf(
  { name }: Pick<ContainerPlan, 'name'>,
  { label }: Pick<Workload, 'label'>,
): Readonly<Record<string, string>> {
  return { [bentoLabel]: name, [componentLabel]: label };
}
