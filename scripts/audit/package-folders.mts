import type { Metafile } from 'esbuild';

/** The folders below `node_modules` whose code is in bundles. */
export function packageFolders(
  metafiles: readonly Pick<Metafile, 'inputs'>[],
): ReadonlySet<string> {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  return new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
}

const packageFolder = (input: string): string | undefined =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
