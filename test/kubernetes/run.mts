// npm run test:kubernetes [-- [--required] ARGUMENTS OF VITEST]: tests with a real Kubernetes control plane, whose nodes
// and pods are simulated by kwok. With --required it fails if they cannot run.
import { existsSync } from 'node:fs';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { runProgram } from '../../scripts/run-program.mts';
import { vitestInNamespaces, whyNoNamespaces } from '../support/namespaces.mts';
import { storedDebugpy } from '../window/support/debugpy.mts';
import { CannotBuildError, ensurePrograms, etcd } from './programs.mts';

const args = process.argv.slice(2);
const reason = await whyNot();
if (reason === undefined) {
  const pythons = await ensureEnvironments(['bentoml-1.4', 'bentoml-1.1']);
  // The tests have no network.
  await storedDebugpy(pythons['bentoml-1.4']);
  const own = args.filter((arg) => arg !== '--required');
  process.exitCode = await vitestInNamespaces('kubernetes', own);
} else {
  console.log(`The Kubernetes tests were not run: ${reason}.`);
  process.exitCode = args.includes('--required') ? 1 : 0;
}

/** Why no cluster can run on this machine. What is missing is installed or built. */
async function whyNot(): Promise<string | undefined> {
  const noNamespaces = await whyNoNamespaces();
  if (noNamespaces !== undefined) return noNamespaces;
  if (!existsSync(etcd) && !(await installEtcd())) {
    return `there is no ${etcd}, and apt-get could not install etcd-server`;
  }
  try {
    await ensurePrograms();
    return undefined;
  } catch (error) {
    if (error instanceof CannotBuildError) return error.message;
    throw error;
  }
}

async function installEtcd(): Promise<boolean> {
  // Installing a package must not start a daemon of the machine.
  const policy = 'RUNLEVEL=1 apt-get install --yes --no-install-recommends etcd-server';
  await runProgram('sh', ['-c', `apt-get update && DEBIAN_FRONTEND=noninteractive ${policy}`]);
  return existsSync(etcd);
}
