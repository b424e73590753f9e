import type { ContainerPlan, Workload } from './container-plan';
import { dnsLabel } from './names';

/** What we apply carries these, and nothing else is ever stopped. */
export const bentoLabel = 'serve-bento.dev/bento';
export const componentLabel = 'serve-bento.dev/component';

/** Values are DNS labels, as engines allow them. */
export function labelsOf(
  { name }: Pick<ContainerPlan, 'name'>,
  { component }: Pick<Workload, 'component'>,
): Readonly<Record<string, string>> {
  return { [bentoLabel]: name, [componentLabel]: dnsLabel(component) };
}
