import { isImageName } from '../containers/image-reference';

/** The name that a built bento has in a registry. */
export interface RegistryName {
  /** Without a tag: `registry.example.com/team/search`. */
  readonly repository: string;
  /** `registry.example.com/team/search:abc`. */
  readonly image: string;
}

/** Returns the name of a built bento in a registry. Undefined for a tag that may point to another bento later. */
export function registryName(registry: string, tag: string): RegistryName | undefined {
  const version = versionIn(tag);
  const repository = `${registry}/${tag.split(':')[0] ?? ''}`;
  const image = `${repository}:${version ?? ''}`;
  return version !== undefined && isImageName(image) ? { repository, image } : undefined;
}

/** Returns the version in the tag of a bento. Undefined if it has none that stays. */
function versionIn(tag: string): string | undefined {
  const [, version = 'latest', ...rest] = tag.split(':');
  return version === 'latest' || version === '' || rest.length > 0 ? undefined : version;
}

/** Returns the host of a registry, to which people log in. */
export const hostOf = (registry: string): string => registry.split('/')[0] ?? registry;

/** Whether an image is in a registry on this machine, with which programs need no HTTPS. */
export const isLoopback = (image: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3})(?::\d+)?$/.test(hostOf(image));
