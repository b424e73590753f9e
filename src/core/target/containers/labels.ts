import type { ContainerPlan, Workload } from './container-plan';

/** Containers and objects of a cluster carry these: what does not is not ours. */
export const bentoLabel = 'serve-bento.dev/bento';
export const componentLabel = 'serve-bento.dev/component';

/** Values are DNS labels, as engines allow them. */
export function labelsOf(
  { name }: Pick<ContainerPlan, 'name'>,
  { label }: Pick<Workload, 'label'>,
): Readonly<Record<string, string>> {
  return { [bentoLabel]: name, [componentLabel]: label };
}
