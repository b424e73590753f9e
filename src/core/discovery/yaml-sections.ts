/**
 * The wanted keys of a block-style YAML mapping, each with the lines below it. What BentoML writes may hold
 * a schema of hundreds of kilobytes; parsing that for four short keys would block the window.
 */
export function topLevelSections(content: string, wanted: readonly string[]): string {
  const kept: string[] = [];
  let keep = false;
  for (const line of content.split('\n')) {
    const key = /^([A-Za-z_]\w*):(?:\s|$)/.exec(line)?.[1];
    if (key !== undefined) keep = wanted.includes(key);
    if (keep) kept.push(line);
  }
  return kept.join('\n');
}
