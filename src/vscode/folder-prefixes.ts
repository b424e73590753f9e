export interface NamedFolder {
  readonly name: string;
  readonly path: string;
}

/** What leads the ids of each folder's bentos: nothing for one folder, else its name, made unique. */
export function folderPrefixes(
  folders: readonly NamedFolder[],
): ReadonlyMap<string, string | undefined> {
  const prefixes = new Map<string, string | undefined>();
  const taken = new Set<string>();
  for (const { name, path } of folders) {
    let prefix = name;
    for (let number = 2; taken.has(prefix); number++) prefix = `${name}~${number}`;
    taken.add(prefix);
    prefixes.set(path, folders.length > 1 ? prefix : undefined);
  }
  return prefixes;
}
