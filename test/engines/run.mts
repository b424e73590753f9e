// npm run test:compose [-- ARGUMENTS OF VITEST]: tests with a temporary Docker engine and Docker Compose.
import { existsSync } from 'node:fs';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { runProgram } from '../../scripts/run-program.mts';
import { vitestInNamespaces, whyNoNamespaces } from '../support/namespaces.mts';
import { storedDebugpy } from '../window/support/debugpy.mts';
import { daemon, registry } from './programs.mts';

const reason = await whyNot();
if (reason === undefined) {
  const pythons = await ensureEnvironments(['bentoml-1.4', 'bentoml-1.1']);
  // The tests have no network.
  await storedDebugpy(pythons['bentoml-1.4']);
  process.exitCode = await vitestInNamespaces('engines', process.argv.slice(2));
} else {
  console.log(`The Compose tests were not run: ${reason}.`);
}

/** Why no engine can run on this machine. What is missing and can be installed is installed. */
async function whyNot(): Promise<string | undefined> {
  const noNamespaces = await whyNoNamespaces();
  if (noNamespaces !== undefined) return noNamespaces;
  if (isInstalled() || (await installEngine())) return undefined;
  return `there is no ${daemon} or ${registry}, and apt-get could not install docker.io and docker-registry`;
}

function isInstalled(): boolean {
  return existsSync(daemon) && existsSync(registry);
}

async function installEngine(): Promise<boolean> {
  // Installing a package must not start a daemon of the machine.
  const packages = 'docker.io docker-registry iptables';
  const policy = `RUNLEVEL=1 apt-get install --yes --no-install-recommends ${packages}`;
  await runProgram('sh', ['-c', `apt-get update && DEBIAN_FRONTEND=noninteractive ${policy}`]);
  return isInstalled();
}
