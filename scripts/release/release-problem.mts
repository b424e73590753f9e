import { changelogSection } from './changelog-section.mts';

/** Why the tag must not be released; nothing where everything has its version. */
export function releaseProblem(
  tag: string,
  version: string,
  changelog: string,
): string | undefined {
  if (tag !== `v${version}`) return `The tag is ${tag}, and package.json has version ${version}.`;
  if (changelogSection(changelog, version) === undefined) {
    return `CHANGELOG.md has no section "## [${version}] - DATE".`;
  }
  return undefined;
}
