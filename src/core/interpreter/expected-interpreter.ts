import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isBentomlSupported, isPythonSupported } from './supported-versions';

/** The facts that an interpreter will probably report. */
export interface ExpectedInterpreter {
  readonly path: string;
  readonly bentomlVersion: string;
}

/**
 * Guesses the version of BentoML that an interpreter has without running it, from the folders of its environment on Linux
 * and macOS (`lib/pythonX.Y/site-packages/bentoml-VERSION.dist-info`). Returns undefined if they do not show it. Never rejects.
 */
export async function expectedInterpreter(
  program: string,
): Promise<ExpectedInterpreter | undefined> {
  const libraries = path.join(path.dirname(program), '..', 'lib');
  const versions = (await folders(libraries)).flatMap(
    (name) => /^python(3\.\d+)$/.exec(name)?.[1] ?? [],
  );
  const [version, ...others] = versions;
  if (version === undefined || others.length > 0 || !isPythonSupported(version)) return undefined;
  const packages = await folders(path.join(libraries, `python${version}`, 'site-packages'));
  const found = packages.flatMap((name) => /^bentoml-(.+)\.dist-info$/i.exec(name)?.[1] ?? []);
  const [bentomlVersion] = found;
  if (bentomlVersion === undefined || found.length > 1) return undefined;
  return isBentomlSupported(bentomlVersion) ? { path: program, bentomlVersion } : undefined;
}

/** Returns the names of the folders in a folder, without links: conda adds one, `python3.1`. */
async function folders(parent: string): Promise<readonly string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
