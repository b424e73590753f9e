import { resolve } from 'node:path';
import type { BentoEntry } from '../settings/serve-settings';
import type { DiscoveredBento } from './discovered-bento';
import type { FolderBentos } from './folder-bentos';
import type { FolderSources } from './folder-sources';
import { resolveReference } from './reference';
import type { StoreBento } from './store';

export interface EntryContext {
  readonly folder: string;
  readonly entries: readonly BentoEntry[];
  readonly bentos: FolderBentos;
  readonly sources: FolderSources;
  readonly store: readonly StoreBento[];
}

/**
 * The folder's bentos with the entries of `serveBento.bentos` in place. An entry that names a bento by its id, its
 * directory, `module:attr` or its tag becomes that bento; a second entry for the same one is a bento beside it,
 * with its name in the id; any other entry is a bento of the settings. Store bentos are in it when an entry names them.
 */
export async function withEntries(
  discovered: readonly DiscoveredBento[],
  context: EntryContext,
): Promise<readonly DiscoveredBento[]> {
  const bentos = new Map(discovered.map((bento) => [bento.id, bento]));
  for (const [index, entry] of context.entries.entries()) {
    const found = await meant(entry, bentos, context);
    const bento = {
      ...found,
      name: entry.name ?? found.name,
      folder: context.folder,
      entry: index,
    };
    if (bentos.get(bento.id)?.entry === undefined) bentos.set(bento.id, bento);
    else {
      const id = freeId(`${bento.id}#${entry.name ?? (index + 1).toString()}`, bentos);
      bentos.set(id, { ...bento, id, source: 'settings' });
    }
  }
  return [...bentos.values()];
}

async function meant(
  entry: BentoEntry,
  known: ReadonlyMap<string, DiscoveredBento>,
  context: EntryContext,
): Promise<DiscoveredBento> {
  const id = idLike(entry.bento);
  const byId =
    known.get(id) ??
    known.get(context.bentos.idOf(resolve(context.folder, id))) ??
    context.store.find((bento) => bento.id === id);
  if (byId !== undefined) return byId;
  const directory = resolve(entry.workingDir, entry.bento);
  const project = await context.bentos.project(directory);
  if (project !== undefined) return project;
  const service =
    (await byReference(entry.bento, entry.workingDir, known, context)) ??
    (await byReference('service.py', directory, known, context));
  if (service?.line !== undefined) return service;
  // As in BentoML: what cannot be imported may be a tag.
  return byTag(entry.bento, context.store) ?? service ?? unknown(entry, context);
}

/**
 * The user's own reference and working directory stay, also for a bento found otherwise: they were chosen. As with
 * `bentoml serve module:attr`, no build file is read then.
 */
async function byReference(
  reference: string,
  workingDir: string,
  known: ReadonlyMap<string, DiscoveredBento>,
  { folder, bentos, sources }: EntryContext,
): Promise<DiscoveredBento | undefined> {
  const target = await resolveReference(reference, workingDir, sources.python);
  if (target?.attribute === undefined) return undefined;
  const id = `${bentos.idOf(target.file)}:${target.attribute}`;
  const same = known.get(id);
  if (same !== undefined) {
    const { buildFile: _, ...rest } = same;
    return { ...rest, reference, workingDir };
  }
  return {
    id,
    folder,
    source: 'settings',
    reference,
    workingDir,
    ...bentos.describe(target),
    name: target.service?.name ?? target.attribute,
  };
}

/** `iris:abc123`, `iris:latest`, or `iris` for the latest. */
function byTag(reference: string, store: readonly StoreBento[]): StoreBento | undefined {
  const [name = '', version = 'latest', ...rest] = reference.split(':');
  if (rest.length > 0) return undefined;
  return store.find(
    (bento) =>
      bento.reference === `${name}:${version}` ||
      (version === 'latest' && bento.latest && bento.reference.startsWith(`${name}:`)),
  );
}

function unknown(entry: BentoEntry, { folder, bentos }: EntryContext): DiscoveredBento {
  const directory = bentos.idOf(entry.workingDir);
  const isFolder = resolve(entry.workingDir) === resolve(folder);
  return {
    id: isFolder ? `${directory}settings:${entry.bento}` : `${directory}/settings:${entry.bento}`,
    name: entry.bento,
    folder,
    source: 'settings',
    reference: entry.bento,
    workingDir: entry.workingDir,
    components: [],
  };
}

/** Ids as people write them: with a leading `./`, or with the separators of Windows. */
const idLike = (text: string): string => text.replaceAll('\\', '/').replace(/^\.\//, '');

function freeId(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let id = wanted;
  for (let number = 2; taken.has(id); number++) id = `${wanted}#${number.toString()}`;
  return id;
}
