import { existsSync } from 'node:fs';
import { runProgram } from '../../scripts/run-program.mts';
import { whyNoNamespaces } from '../support/namespaces.mts';
import { CannotBuildError, ensurePrograms, etcd, iptables } from './programs.mts';

/** Returns why no cluster can run on this machine; undefined if one can. What is missing is installed or built. */
export async function whyNoCluster(): Promise<string | undefined> {
  const noNamespaces = await whyNoNamespaces();
  if (noNamespaces !== undefined) return noNamespaces;
  if (!areInstalled() && !(await installPackages())) {
    return `${etcd} or ${iptables} is missing, and apt-get could not install etcd-server and iptables`;
  }
  try {
    await ensurePrograms();
    return undefined;
  } catch (error) {
    if (error instanceof CannotBuildError) return error.message;
    throw error;
  }
}

const areInstalled = (): boolean => [etcd, iptables].every((file) => existsSync(file));

async function installPackages(): Promise<boolean> {
  // Installing a package must not start a daemon of the machine.
  const policy = 'RUNLEVEL=1 apt-get install --yes --no-install-recommends etcd-server iptables';
  await runProgram('sh', ['-c', `apt-get update && DEBIAN_FRONTEND=noninteractive ${policy}`]);
  return areInstalled();
}
