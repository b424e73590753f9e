import type { ServeSettings } from '../../settings/serve-settings';

/** Whether the name of a context contains one of the configured words. A workspace can add words, not remove them. */
export const isProduction = (
  context: string,
  settings: readonly Pick<ServeSettings, 'kubernetes'>[],
): boolean =>
  settings
    .flatMap(({ kubernetes }) => kubernetes.productionContexts)
    .some((word) => context.toLowerCase().includes(word.toLowerCase()));
