/** What the changelog says of a version; nothing where it has no dated section of that version. */
export function changelogSection(changelog: string, version: string): string | undefined {
  const section = changelog
    .split(/^(?=## )/m)
    .find((one) => /^## \[(.+)\] - \d{4}-\d\d-\d\d$/m.exec(one)?.[1] === version);
  const text = section?.split('\n').slice(1).join('\n').trim();
  return text === '' ? undefined : text;
}
