import type { Bento } from '../../src/core/model';

/** Where the component is reached. @throws Error when it has no URL. */
export function urlOf({ name, components }: Bento, component = 'http'): string {
  const url = components.find(({ id }) => id === component)?.url;
  if (url === undefined) throw new Error(`${component} of ${name} has no URL.`);
  return url;
}
