import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { machineEnvironment } from '../test-environment.mts';

export interface SupportedPython {
  readonly version: string;
  /** On this machine, under pyenv or on the `PATH`. */
  readonly executable?: string;
}

/** Every Python that the extension supports. */
export const pythons: readonly SupportedPython[] = [
  ...['3.8', '3.9', '3.10', '3.11', '3.12', '3.13'],
].map((version) => {
  const executable = ofPyenv(version) ?? onPath(`python${version}`);
  return { version, ...(executable === undefined ? {} : { executable }) };
});

export const missingPython = (version: string): string =>
  `skipped: there is no Python ${version} under pyenv or on the PATH`;

function ofPyenv(version: string): string | undefined {
  const { PYENV_ROOT: root, HOME: home = os.homedir() } = machineEnvironment();
  const versions = path.join(root ?? path.join(home, '.pyenv'), 'versions');
  if (!existsSync(versions)) return undefined;
  const name = readdirSync(versions).find((one) => one.startsWith(`${version}.`));
  const executable = path.join(versions, name ?? '', 'bin/python');
  return name !== undefined && existsSync(executable) ? executable : undefined;
}

/** pyenv's own entries on the path are there for versions that are not chosen, too, and refuse to run. */
function onPath(command: string): string | undefined {
  return (machineEnvironment()['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => path.basename(folder) !== 'shims')
    .map((folder) => path.join(folder, command))
    .find((file) => existsSync(file));
}
