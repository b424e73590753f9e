export interface NamedFolder {
  readonly name: string;
  readonly path: string;
}

/**
 * What leads the ids of each folder's bentos: nothing where a folder was opened, and in a workspace, which has several
 * of them or may get them, the name of the folder, made unique.
 */
export function folderPrefixes(
  folders: readonly NamedFolder[],
  isWorkspace: boolean,
): ReadonlyMap<string, string | undefined> {
  const prefixes = new Map<string, string | undefined>();
  const taken = new Set<string>();
  for (const { name, path } of folders) {
    let prefix = name;
    for (let number = 2; taken.has(prefix); number++) prefix = `${name}~${number}`;
    taken.add(prefix);
    prefixes.set(path, isWorkspace ? prefix : undefined);
  }
  return prefixes;
}
