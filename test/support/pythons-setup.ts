import { ensurePythonEnvironment, pythonEnvironments } from '../../scripts/environments.mts';
import { missingPython } from '../../scripts/environments/pythons.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';

/** Environments are made with the machine's programs, before the tests lose sight of those. */
export default async function setup(): Promise<void> {
  let count = 0;
  for (const environment of pythonEnvironments) {
    const python = await ensurePythonEnvironment(environment);
    if (python === undefined) console.warn(missingPython(environment.python));
    else count += 1;
  }
  if (count === 0) throw new Error('No supported Python was found under pyenv or on the PATH.');
  enterTestEnvironment();
}
