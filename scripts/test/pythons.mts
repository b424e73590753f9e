import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Every Python that the extension supports, and where it is on this machine: under pyenv, or on the path. */
export const pythons: readonly { readonly version: string; readonly executable?: string }[] = [
  ...['3.8', '3.9', '3.10', '3.11', '3.12', '3.13'],
].map((version) => {
  const executable = ofPyenv(version) ?? onPath(`python${version}`);
  return { version, ...(executable === undefined ? {} : { executable }) };
});

function ofPyenv(version: string): string | undefined {
  const versions = path.join(
    process.env['PYENV_ROOT'] ?? path.join(os.homedir(), '.pyenv'),
    'versions',
  );
  if (!existsSync(versions)) return undefined;
  const name = readdirSync(versions).find((one) => one.startsWith(`${version}.`));
  const executable = path.join(versions, name ?? '', 'bin/python');
  return name !== undefined && existsSync(executable) ? executable : undefined;
}

/** pyenv's own entries on the path are there for versions that are not chosen, too, and refuse to run. */
function onPath(command: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => path.basename(folder) !== 'shims')
    .map((folder) => path.join(folder, command))
    .find((file) => existsSync(file));
}
