interface Dependent {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/**
 * Waves of components: each depends only on earlier ones. What is not among the components counts as there,
 * and the members of a cycle form one wave.
 */
export function dependencyOrder<Component extends Dependent>(
  components: readonly Component[],
): readonly (readonly Component[])[] {
  const waves: (readonly Component[])[] = [];
  let rest = components;
  while (rest.length > 0) {
    const waiting = new Set(rest.map(({ id }) => id));
    const free = rest.filter(({ dependsOn }) => !dependsOn.some((id) => waiting.has(id)));
    const wave = free.length > 0 ? free : rest.filter((one) => reaches(one, one.id, rest));
    waves.push(wave);
    rest = rest.filter((one) => !wave.includes(one));
  }
  return waves;
}

/** Dependents first, for stopping. */
export const stopOrder = <Component extends Dependent>(
  components: readonly Component[],
): readonly (readonly Component[])[] => dependencyOrder(components).toReversed();

function reaches(from: Dependent, target: string, among: readonly Dependent[]): boolean {
  const seen = new Set<string>();
  const waiting = [...from.dependsOn];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === target) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(among.find((one) => one.id === id)?.dependsOn ?? []));
  }
  return false;
}
