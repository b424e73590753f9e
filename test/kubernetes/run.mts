// npm run test:kubernetes [-- [--required] ARGUMENTS OF VITEST]: tests with a real Kubernetes control plane, whose nodes
// and pods are simulated by kwok. With --required it fails if they cannot run.
import { ensureEnvironments } from '../../scripts/environments.mts';
import { vitestInNamespaces } from '../support/namespaces.mts';
import { storedDebugpy } from '../window/support/debugpy.mts';
import { whyNoCluster } from './why-no-cluster.mts';

const args = process.argv.slice(2);
const reason = await whyNoCluster();
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
