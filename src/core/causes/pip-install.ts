/** As people type it: what a shell would read otherwise is quoted. */
export function pipInstall(python: string, packages: readonly string[]): string {
  const words = packages.map((one) => (/^[\w.-]+$/.test(one) ? one : `"${one}"`));
  return `${/\s/.test(python) ? `"${python}"` : python} -m pip install ${words.join(' ')}`;
}
