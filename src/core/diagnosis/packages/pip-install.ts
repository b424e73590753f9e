/** As people type it: what a shell would read otherwise is quoted. */
export const commandLine = (words: readonly string[]): string =>
  words.map((one) => (/^[\w./\\:=+-]+$/.test(one) ? one : `"${one}"`)).join(' ');

export const pipInstall = (python: string, packages: readonly string[]): string =>
  commandLine([python, '-m', 'pip', 'install', ...packages]);
