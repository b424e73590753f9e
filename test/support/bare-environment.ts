import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const installers = /^(?:pip|uv|_virtualenv|virtualenv|piptools)(?:$|[-.])|^pip_tools-/;

/** Makes a virtual environment with the packages of another one, but without pip and uv, as uv makes them. */
export function bareEnvironment(folder: string, python: string): string {
  const run = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, { encoding: 'utf8' }).trim();
  const base = run(python, '-c', 'import sys; print(sys._base_executable)');
  run(base, '-m', 'venv', '--without-pip', folder);
  const bare = path.join(
    folder,
    process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python',
  );
  const purelib = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const from = run(python, '-c', purelib);
  const to = run(bare, '-c', purelib);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (!installers.test(name)) symlinkSync(path.join(from, name), path.join(to, name));
  }
  return bare;
}
