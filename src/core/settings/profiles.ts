import type { OverridesExpander } from './expand-overrides';
import { mergeSettings } from './merge-settings';
import { withoutPortClashes } from './port-clashes';
import type { ProblemList } from './problem-list';
import type { Overrides } from './schema';
import type { Profiles, ServeSettings } from './serve-settings';

export type WithProfiles = (settings: ServeSettings) => Profiles;

/** Makes a function that gives the settings of a bento with each profile. */
export function readProfiles(
  raw: Readonly<Record<string, Overrides>>,
  expander: OverridesExpander,
  problems: ProblemList,
): WithProfiles {
  const profiles = Object.entries(raw).map(([name, overrides]) => {
    const at = ['profiles', name];
    return { name, at, expanded: expander.expand(overrides, at) };
  });
  return (settings) => {
    // Without a prototype, a profile called `constructor` is found only if there is one.
    const made = Object.create(null) as Record<string, ServeSettings>;
    for (const { name, at, expanded } of profiles) {
      const merged = mergeSettings(settings, expanded);
      made[name] = withoutPortClashes(merged, at, expanded, problems);
    }
    return made;
  };
}
