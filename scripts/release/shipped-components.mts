import * as z from 'zod';

const component = z.looseObject({ 'bom-ref': z.string(), name: z.string(), version: z.string() });
const dependency = z.object({ ref: z.string(), dependsOn: z.array(z.string()).optional() });
const bom = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string() }) }),
  components: z.array(component),
  dependencies: z.array(dependency),
});

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
}

/** npm's bill of materials, which has every package of the lock file, without what is not in the bundle. */
export function shippedComponents(text: string, shipped: readonly ShippedPackage[]): string {
  const all = bom.parse(JSON.parse(text));
  const isShipped = ({ name, version }: ShippedPackage): boolean =>
    shipped.some((one) => one.name === name && one.version === version);
  const components = all.components.filter(isShipped);
  const missing = shipped.filter(
    ({ name, version }) => !components.some((one) => one.name === name && one.version === version),
  );
  if (missing.length > 0) {
    throw new Error(`npm does not list ${missing.map(({ name }) => name).join(', ')}.`);
  }
  const root = all.metadata.component['bom-ref'];
  const refs = new Set(components.map((one) => one['bom-ref']));
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref) || ref === root)
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((on) => refs.has(on)) }));
  // All are development dependencies in the lock file, as the bundle holds them.
  const required = components.map((one) => ({ ...one, scope: 'required' }));
  return `${JSON.stringify({ ...all, components: required, dependencies }, undefined, 2)}\n`;
}
