import { systemClock } from '../../core/clock';
import type { ExtensionParts } from '../parts/extension-parts';
import { StoreView } from '../store/store-view';
import type { Feature } from './feature';

/** The view of built bentos and saved models. */
export const storeView: Feature<ExtensionParts> = {
  name: 'store view',
  register: ({ registry, sources }, own) => {
    const load = async () => {
      await sources.whenDone();
      await sources.readModels();
      const { StoreTree } = await import('../on-demand');
      return new StoreTree(registry, sources, systemClock);
    };
    own.push(new StoreView(load, systemClock));
  },
};
