import path from 'node:path';
import type { DiscoveredBento } from './discovered-bento';

type Named = Pick<
  DiscoveredBento,
  'id' | 'name' | 'workingDir' | 'file' | 'reference' | 'addresses'
>;

/**
 * The names to show for all bentos of a window, by id. A name that only one bento has is shown as it is; where several
 * have it, each is followed by its folder, its file, or whatever else tells it apart: `Service (fraud)`.
 */
export function displayNames(bentos: readonly Named[]): ReadonlyMap<string, string> {
  const shown = new Map<string, string>();
  for (const [name, same] of Map.groupBy(bentos, (bento) => bento.name)) {
    const places = same.length === 1 ? undefined : distinctPlaces(same);
    for (const [index, { id }] of same.entries()) {
      const place = places?.[index];
      shown.set(id, place === undefined ? name : `${name} (${place})`);
    }
  }
  return withoutRepeats(bentos, shown);
}

/** The first description of places that is different for each of them. */
function distinctPlaces(bentos: readonly Named[]): readonly string[] {
  const candidates = [
    bentos.map(folderParts),
    bentos.map((bento) => [...folderParts(bento), leafOf(bento)]),
    bentos.map((bento) => [...folderParts(bento), `${leafOf(bento)}:${attributeOf(bento)}`]),
  ];
  const distinct = candidates.find((paths) => areDistinct(paths.map((parts) => parts.join('\0'))));
  return distinct === undefined ? bentos.map(({ id }) => id) : shortestEnds(distinct);
}

/** As much of the end of each path as no other path ends with. */
function shortestEnds(paths: readonly (readonly string[])[]): readonly string[] {
  const ends = new Array<string>(paths.length);
  let open = [...paths.keys()];
  for (let length = 1; open.length > 0; length++) {
    const endOf = (parts: readonly string[]): string => parts.slice(-length).join('/');
    const counts = new Map<string, number>();
    for (const parts of paths) counts.set(endOf(parts), (counts.get(endOf(parts)) ?? 0) + 1);
    open = open.filter((index) => {
      const parts = paths[index] ?? [];
      const end = endOf(parts);
      if (counts.get(end) !== 1 && length < parts.length) return true;
      ends[index] = end;
      return false;
    });
  }
  return ends;
}

/** A bento may be named as another one is shown. */
function withoutRepeats(
  bentos: readonly Named[],
  shown: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const byText = Map.groupBy(bentos, ({ id }) => shown.get(id));
  return new Map(
    bentos.map(({ id, name }) => {
      const text = shown.get(id) ?? name;
      return [id, byText.get(text)?.length === 1 ? text : `${name} (${id})`] as const;
    }),
  );
}

const folderParts = ({ file, workingDir }: Named): readonly string[] =>
  (file === undefined ? workingDir : path.dirname(file))
    .split(/[\\/]/)
    .filter((part) => part !== '');

const leafOf = ({ file, addresses: [address] = [], reference }: Named): string =>
  file === undefined ? (address ?? reference).replace(/^[a-z]+:\/\//, '') : path.basename(file);

const attributeOf = ({ reference }: Named): string =>
  reference.slice(reference.lastIndexOf(':') + 1);

const areDistinct = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;
