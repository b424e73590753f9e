/** By the numbers only: a pre-release counts as its release. */
export function isBentomlSupported(version: string): boolean {
  const release = releaseOf(version);
  return release?.[0] === 1 && !isOlder(release, [1, 0, 8]);
}

export function isPythonSupported(version: string): boolean {
  const release = releaseOf(version);
  return release?.[0] === 3 && !isOlder(release, [3, 8]);
}

/** Whether a version such as `1.4.38` is this release or a later one; no for what is no version. */
export function isAtLeast(version: string, release: string): boolean {
  const [own, than] = [releaseOf(version), releaseOf(release)];
  return own !== undefined && than !== undefined && !isOlder(own, than);
}

function releaseOf(version: string): readonly number[] | undefined {
  const match = /^v?(?:0!)?(\d+(?:\.\d+)*)/.exec(version.trim());
  return match?.[1]?.split('.').map(Number);
}

function isOlder(release: readonly number[], than: readonly number[]): boolean {
  for (const [index, needed] of than.entries()) {
    const part = release[index] ?? 0;
    if (part !== needed) return part < needed;
  }
  return false;
}
