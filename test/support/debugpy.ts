import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, projectRoot } from '../../scripts/cache.mts';
import { ensureUv } from '../../scripts/environments/uv.mts';
import { withLock } from '../../scripts/lock.mts';
import { output } from '../../scripts/run-program.mts';
import { machineEnvironment } from '../../scripts/test-environment.mts';
import { chooseDebugpy } from '../../src/core/debug/debugpy-source';
import { installDebugpy } from '../../src/core/debug/install-debugpy';
import { readDebugpyReport } from '../../src/core/interpreter/probe-report';
import { createRun } from '../../src/core/programs/run';

/** The folder with the debugpy for an interpreter: installed as the extension does it, with the same pins and hashes. */
export async function ensureDebugpy(python: string): Promise<string> {
  const script = path.join(projectRoot, 'src/python/probe.py');
  const report = readDebugpyReport(await output(python, ['-I', '-B', script, '{}', 'debugpy']));
  if (report === undefined) throw new Error(`${python} does not say which debugpy it has.`);
  const uv = await ensureUv(cacheFolder());
  const storage = path.join(cacheFolder(), 'debugpy');
  await mkdir(storage, { recursive: true });
  const choose = () => chooseDebugpy(python, { ...report, installers: [] }, { storage }, uv);
  const { folder } = await choose();
  return await withLock(`${folder}.lock`, async () => {
    const debugpy = await choose();
    if (debugpy.kind === 'found') return debugpy.folder;
    return installDebugpy(debugpy, {
      run: createRun(() => undefined),
      env: variablesOf(machineEnvironment()),
      cwd: storage,
      signal: new AbortController().signal,
    });
  });
}

const variablesOf = (env: NodeJS.ProcessEnv): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
