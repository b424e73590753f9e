// npm run test:podman [-- ARGUMENTS OF VITEST]: tests with Podman, with all its files in a temporary folder.
import { existsSync } from 'node:fs';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { runProgram } from '../../scripts/run-program.mts';
import { vitestInNamespaces, whyNoNamespaces } from '../support/namespaces.mts';
import { podman, runtime } from './programs.mts';

const packages = ['podman', 'runc', 'catatonit', 'netavark', 'aardvark-dns', 'iptables'];

const reason = await whyNot();
if (reason === undefined) {
  await ensureEnvironments(['bentoml-1.4', 'bentoml-1.1']);
  process.exitCode = await vitestInNamespaces('podman', process.argv.slice(2));
} else {
  console.log(`The Podman tests were not run: ${reason}.`);
}

/** Why Podman cannot run on this machine. What is missing and can be installed is installed. */
async function whyNot(): Promise<string | undefined> {
  const noNamespaces = await whyNoNamespaces();
  if (noNamespaces !== undefined) return noNamespaces;
  if (isInstalled() || (await install())) return undefined;
  return `there is no ${podman}, and apt-get could not install it`;
}

async function install(): Promise<boolean> {
  // Installing a package must not start a daemon of the machine.
  const policy = `RUNLEVEL=1 apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  await runProgram('sh', ['-c', `apt-get update && DEBIAN_FRONTEND=noninteractive ${policy}`]);
  return isInstalled();
}

function isInstalled(): boolean {
  return existsSync(podman) && existsSync(runtime);
}
