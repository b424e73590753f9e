import type { Repository } from './repository.mts';

type Manifest = Readonly<Record<string, unknown>>;

/** What is for those who build the extension. */
const ofBuild = ['private', 'scripts', 'devDependencies', 'allowScripts'];

/** The manifest that is packaged: with the addresses of the repository, if there is one. */
export function packagedManifest(manifest: Manifest, repository: Repository | undefined): Manifest {
  const kept = Object.entries(manifest).filter(([key]) => !ofBuild.includes(key));
  if (repository === undefined) return Object.fromEntries(kept);
  const { url } = repository;
  return {
    ...Object.fromEntries(kept),
    repository: { type: 'git', url: `${url}.git` },
    bugs: { url: `${url}/issues` },
    homepage: `${url}#readme`,
  };
}
