import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from '../lock.mts';
import { output, runProgram } from '../run-program.mts';

const version = '0.13.9';

/** A uv of our own: nothing but a python3 with pip or venv has to be on the machine. */
export async function ensureUv(cache: string): Promise<string> {
  const folder = path.join(cache, `uv-${version}-${process.platform}-${process.arch}`);
  const windows = process.platform === 'win32';
  const places = windows ? ['bin/uv.exe', 'venv/Scripts/uv.exe'] : ['bin/uv', 'venv/bin/uv'];
  const done = path.join(folder, '.complete');
  await mkdir(cache, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(done)) return;
    await install(await findPython(), folder);
    await writeFile(done, '');
  });
  const uv = places.map((place) => path.join(folder, place)).find((file) => existsSync(file));
  if (uv === undefined) throw new Error(`uv was installed into ${folder}, but is not there.`);
  return uv;
}

async function install(python: string, folder: string): Promise<void> {
  const wanted = ['install', '--quiet', '--disable-pip-version-check', `uv==${version}`];
  if ((await runProgram(python, ['-m', 'pip', '--version'])).code === 0) {
    await output(python, ['-m', 'pip', ...wanted, '--upgrade', '--target', folder]);
    return;
  }
  const venv = path.join(folder, 'venv');
  if ((await runProgram(python, ['-m', 'venv', '--clear', venv])).code !== 0) {
    throw new Error(
      `${python} has neither pip nor venv, which the test environments are made with: ` +
        'install one of them (Debian and Ubuntu: apt install python3-venv).',
    );
  }
  const bin = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
  await output(path.join(venv, bin), ['-m', 'pip', ...wanted]);
}

async function findPython(): Promise<string> {
  for (const name of ['python3', 'python']) {
    const { code, stdout } = await runProgram(name, ['-c', 'import sys; print(sys.executable)']);
    if (code === 0) return stdout.trim();
  }
  throw new Error(
    'The test environments need Python, and there is no python3: install Python 3.11.',
  );
}
