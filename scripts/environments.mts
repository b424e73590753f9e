import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, projectRoot } from './cache.mts';
import { pyenvLast } from './environments/pyenv-last.mts';
import { missingPython, pythons } from './environments/pythons.mts';
import { ensureUv } from './environments/uv.mts';
import { withLock } from './lock.mts';
import { output, runProgram } from './run-program.mts';
import { machineEnvironment } from './test-environment.mts';

export const environmentNames = [
  'bentoml-1.4',
  'bentoml-1.3',
  'bentoml-1.1',
  'bentoml-1.0',
] as const;

export type EnvironmentName = (typeof environmentNames)[number];

/** Gigabytes: made only for those who name it. */
export const largeEnvironmentNames = ['bentoml-1.4-models', 'bentoml-1.4-torch'] as const;

/** Programs that tests run, without BentoML. */
export const toolEnvironmentNames = ['tools', 'checks', 'engines'] as const;

export interface PythonEnvironment {
  readonly name: string;
  /** The name of the file with its pins. */
  readonly pins: string;
  /** The version of Python; the machine need not have it. */
  readonly python: string;
}

/** One for each supported Python, with the newest BentoML that it can use: made only for those who name it. */
export const pythonEnvironments: readonly PythonEnvironment[] = pythons.map(
  ({ version: python }) => {
    const name = `bentoml-${python === '3.8' ? '1.1' : '1.4'}-python-${python}`;
    return { name, pins: python === '3.8' ? name : 'bentoml-1.4-pythons', python };
  },
);

export type AnyEnvironmentName =
  EnvironmentName | (typeof largeEnvironmentNames)[number] | (typeof toolEnvironmentNames)[number];

/** gRPC's last versions that BentoML can use (1.62) have no wheels for a newer Python. */
const pythonRange = '>=3.11,<3.13';

/** The interpreter of each test environment, which is made when it is not there yet. */
export async function ensureEnvironments<Name extends AnyEnvironmentName = EnvironmentName>(
  names: readonly Name[] = environmentNames as readonly AnyEnvironmentName[] as readonly Name[],
): Promise<Record<Name, string>> {
  const cache = cacheFolder();
  const uv = await ensureUv(cache);
  const base = await findPython(uv);
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) found[name] = await ensureEnvironment(uv, base, name, name);
  return found as Record<Name, string>;
}

/** The interpreter of this environment, or nothing where the machine has no such Python. */
export async function ensurePythonEnvironment({
  name,
  pins,
  python,
}: PythonEnvironment): Promise<string | undefined> {
  const executable = pythons.find(({ version }) => version === python)?.executable;
  if (executable === undefined) return undefined;
  const uv = await ensureUv(cacheFolder());
  return ensureEnvironment(uv, await basePython(executable), name, pins);
}

interface BasePython {
  readonly executable: string;
  readonly version: string;
}

async function findPython(uv: string): Promise<BasePython> {
  const find = ['python', 'find', pythonRange, '--system', '--no-project', '--no-python-downloads'];
  const { code, stdout } = await runProgram(uv, find, { env: pyenvLast(machineEnvironment()) });
  if (code !== 0) {
    throw new Error(
      'The test environments need Python 3.11 or 3.12, and none was found on the path: install one.',
    );
  }
  return basePython(stdout.trim());
}

const basePython = async (executable: string): Promise<BasePython> => ({
  executable,
  version: await output(executable, ['-c', 'import sys; print(sys.version)']),
});

async function ensureEnvironment(
  uv: string,
  base: BasePython,
  name: string,
  pinsName: string,
): Promise<string> {
  const requirements = path.join(projectRoot, 'test/environments', `${pinsName}.txt`);
  const pins = await readFile(requirements, 'utf8');
  const hash = createHash('sha256')
    .update([pins, base.version, base.executable].join('\0'))
    .digest('hex')
    .slice(0, 12);
  const environments = path.join(cacheFolder(), 'environments');
  const folder = path.join(environments, `${name}-${hash}`);
  const bin = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
  const python = path.join(folder, bin);
  // Written last: a virtual environment knows its own path, so it cannot be made aside and renamed.
  const complete = path.join(folder, '.complete');
  const isThere = () => existsSync(complete) && existsSync(python);
  if (isThere()) return python;

  await mkdir(environments, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (isThere()) return;
    await rm(folder, { recursive: true, force: true });
    await output(uv, ['venv', '--quiet', '--no-project', '--python', base.executable, folder]);
    // Compiled: otherwise whoever starts first pays for all, and no measurement would be fair.
    const install = ['pip', 'install', '--quiet', '--compile-bytecode', '--no-deps'];
    await output(uv, [...install, '--python', python, '--requirement', requirements]);
    await check(python, pins);
    await writeFile(complete, '');
  });
  return python;
}

async function check(python: string, pins: string): Promise<void> {
  const imports = /^bentoml==/m.test(pins) ? ['import bentoml'] : [];
  if (/^grpcio==/m.test(pins)) imports.push('from bentoml.grpc.v1 import service_pb2_grpc');
  if (/^torch==/m.test(pins)) imports.push('import torch');
  await output(python, ['-c', imports.join('\n')], {
    env: { ...machineEnvironment(), BENTOML_DO_NOT_TRACK: 'True' },
  });
}

if (import.meta.main) {
  const all: readonly AnyEnvironmentName[] = [
    ...environmentNames,
    ...largeEnvironmentNames,
    ...toolEnvironmentNames,
  ];
  const named = process.argv.slice(2);
  const wanted = all.filter((name) => named.includes(name));
  const ofPythons = pythonEnvironments.filter(({ name }) => named.includes(name));
  const nothingNamed = wanted.length + ofPythons.length === 0;
  const interpreters = await ensureEnvironments(nothingNamed ? environmentNames : wanted);
  const uv = await ensureUv(cacheFolder());
  const base = await findPython(uv);
  console.log(`uv\t${await output(uv, ['--version'])}\t${uv}`);
  console.log(`Python\t${base.version}\t${base.executable}`);
  for (const [name, python] of Object.entries(interpreters)) console.log(`${name}\t${python}`);
  for (const environment of ofPythons) {
    const python = await ensurePythonEnvironment(environment);
    console.log(`${environment.name}\t${python ?? missingPython(environment.python)}`);
  }
}
