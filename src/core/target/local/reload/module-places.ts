import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PlaceKind } from './worker-notes';

/** What Python would find now at places where modules were looked for. Reads each folder once. */
export class ModulePlaces {
  readonly #folders = new Map<string, Promise<ReadonlySet<string>>>();

  async kindOf(place: string): Promise<PlaceKind> {
    const name = path.basename(place);
    const names = await this.#namesIn(path.dirname(place));
    const folder = names.has(name);
    if (folder && (await isFile(path.join(place, '__init__.py')))) return 'package';
    if (names.has(`${name}.py`) && (await isFile(`${place}.py`))) return 'module';
    return folder && (await isFolder(place)) ? 'namespace' : 'none';
  }

  #namesIn(folder: string): Promise<ReadonlySet<string>> {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const read = readdir(folder).then(
      (names) => new Set(names),
      () => new Set<string>(),
    );
    this.#folders.set(folder, read);
    return read;
  }
}

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (stats) => stats.isFile(),
    () => false,
  );

const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
