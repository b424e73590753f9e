import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Component, Problem } from '../model';
import type { SettingProblem } from '../settings/serve-settings';

/** Whose row shows problems of settings. */
export interface SettingsReader {
  readonly bento: DiscoveredBento;
  /** The chosen profile. */
  readonly profile: string | undefined;
  /** Empty while they are not known. */
  readonly components: readonly Pick<Component, 'name'>[];
}

/** The problem of the settings that a bento is served with. Those of other bentos are not its own. */
export function settingsProblem(
  problems: readonly SettingProblem[],
  reader: SettingsReader,
): Problem | undefined {
  const own = problems.filter((problem) => concerns(problem, reader));
  const [first] = own;
  if (first === undefined) return undefined;
  const others = own.slice(1).map(({ texts }) => texts.message);
  return {
    ...problemOfSetting(first),
    texts: { ...first.texts, others },
    detail: own.map(({ message }) => message).join('\n'),
  };
}

/** The problem that an invalid setting is for who is served with it. */
export const problemOfSetting = ({
  message,
  setting,
  summary,
  texts,
}: SettingProblem): Problem => ({
  code: 'settings',
  message,
  setting,
  texts,
  ...(summary === undefined ? {} : { summary }),
});

/** Of what runs elsewhere nothing else is set. */
const forWatching = /^serveBento\.(?:health|env)\b/;

function concerns(
  { setting, entry, within }: SettingProblem,
  { bento, profile, components }: SettingsReader,
): boolean {
  if (entry !== undefined) return entry === bento.entry;
  switch (within?.setting) {
    case undefined:
      return bento.source !== 'remote' || forWatching.test(setting);
    case 'bentos':
      // An entry that gives no bento has no row, and the list itself is nobody's.
      return false;
    case 'watch':
      return bento.source === 'remote' && within.name === bento.name;
    case 'profiles':
      return within.name !== undefined && within.name === profile;
    case 'runners':
      return (
        bento.source !== 'remote' &&
        (within.name === undefined ||
          components.length === 0 ||
          components.some(({ name }) => name === within.name))
      );
  }
}
