import type { Metafile } from 'esbuild';

/** The folders below `node_modules` whose code is in the bundle. */
export function packageFolders({ inputs }: Pick<Metafile, 'inputs'>): ReadonlySet<string> {
  const folders = Object.keys(inputs).map(packageFolder);
  return new Set(folders.filter((folder) => folder !== undefined));
}

const packageFolder = (input: string): string | undefined =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
