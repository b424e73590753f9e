import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DiscoveredBento } from './discovered-bento';
import type { StoreModel } from './store-model';
import { readVersions, type StoreOptions } from './store-versions';

/** A built bento. Its `folder` is what the caller says; the store belongs to the user, not to a workspace folder. */
export interface StoreBento extends DiscoveredBento {
  readonly source: 'store';
  readonly bentomlVersion?: string;
  /** The newest of its name, as the store marks it. */
  readonly latest: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Tags of the models of the store without which it cannot be served; it may carry others with it. */
  readonly models: readonly string[];
}

export interface StoreBentoOptions extends StoreOptions {
  /** The workspace folder whose settings hold for built bentos; default: none (`''`). */
  readonly folder?: string;
}

/** Where BentoML keeps built bentos and models. */
export function bentomlHome(env: Readonly<NodeJS.ProcessEnv>, home = homedir()): string {
  const given = env['BENTOML_HOME'];
  if (given === undefined || given === '') return join(home, 'bentoml');
  return resolve(given.replace(/^~(?=$|[\\/])/, () => home));
}

/** The built bentos of the store, by name, the newest of each first. A store that is not there is an empty one. */
export function storeBentos(options: StoreBentoOptions): Promise<readonly StoreBento[]> {
  return readVersions('bentos', options, async (version, content) => {
    const { parseBento } = await import('./yaml-files');
    const { models: used, ...details } = parseBento(content, version.name);
    // One that has any with it needs none of the store: so BentoML sees it, too.
    const carries =
      used.length > 0 &&
      (await options.files.kind(join(version.directory, 'models'))) === 'directory';
    return {
      id: `store:${version.tag}`,
      name: version.tag,
      folder: options.folder ?? '',
      source: 'store',
      reference: version.tag,
      // Any other directory could hold a module of the bento's name, which BentoML would import instead.
      workingDir: version.directory,
      latest: version.latest,
      created: version.written,
      ...details,
      models: carries ? [] : used,
    };
  });
}

/** The models of the store, as its bentos. */
export function storeModels(options: StoreOptions): Promise<readonly StoreModel[]> {
  return readVersions('models', options, async (version, content) => {
    const { parseModel } = await import('./yaml-files');
    return parseModel(version, content);
  });
}
