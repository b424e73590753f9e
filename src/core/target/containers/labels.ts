import type { ContainerPlan, Workload } from './container-plan';

/** The labels of our containers and cluster objects. Anything without them is not ours. */
export const bentoLabel = 'serve-bento.dev/bento';
/** Identifies the bento in its folder by a hash, so that every window finds what it has applied. */
export const ownerLabel = 'serve-bento.dev/owner';
export const componentLabel = 'serve-bento.dev/component';

/** Returns the labels of a workload. Their values are DNS labels, which all engines allow. */
export function labelsOf(
  { name }: Pick<ContainerPlan, 'name'>,
  { label }: Pick<Workload, 'label'>,
): Readonly<Record<string, string>> {
  return { [bentoLabel]: name, [componentLabel]: label };
}
