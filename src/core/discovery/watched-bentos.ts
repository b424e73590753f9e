import type { WatchedEntry } from '../settings/serve-settings';
import type { DiscoveredBento } from './discovered-bento';
import type { FolderBentos } from './folder-bentos';

/** The bentos of `serveBento.watch`: there is nothing of them in the folder. */
export const watchedBentos = (
  entries: readonly WatchedEntry[],
  folder: string,
  bentos: Pick<FolderBentos, 'idOf'>,
): readonly DiscoveredBento[] =>
  entries.map(({ name, addresses }) => ({
    id: `${bentos.idOf(folder)}watch:${name}`,
    name,
    folder,
    source: 'remote',
    reference: '',
    workingDir: folder,
    addresses,
    components: addresses.map((address) => ({ kind: 'service', name: address, remote: true })),
  }));
