import { mkdir } from 'node:fs/promises';
import {
  contextDetails,
  contexts,
  namespaces,
  type ContextsParts,
} from '../../target/kubernetes/client/contexts';
import { ClusterProxy } from '../../target/kubernetes/client/cluster-proxy';
import { kubeconfigFiles } from '../../target/kubernetes/client/kubeconfig';
import { findKubectl } from '../../target/kubernetes/client/find-kubectl';
import type { ClusterPlace } from '../../target/kubernetes/client/kubectl-program';
import { KubernetesTarget } from '../../target/kubernetes/kubernetes-target';
import { makeRunDirectory } from '../../target/local/run-directory';
import { registryImage } from './registry-image';
import { openedEngine, type EngineParts, type OpenedEngine } from './opened-engine';
import { isProduction } from './production-contexts';

/**
 * Opens the cluster that was chosen for the bento. Asks for one if there is none, and every time before a bento is
 * served in one that is in production.
 * @throws ServeError if there is no kubectl, or the cluster does not answer
 */
export async function openKubernetes(
  parts: EngineParts,
  signal: AbortSignal,
): Promise<OpenedEngine> {
  const { sources, record } = parts;
  const { bento } = record;
  const kubectl = await kubectlOf(parts, signal);
  const { cluster, asksAgain } = sources.targetChoice(bento);
  const place =
    cluster === undefined || asksAgain === true
      ? await askForCluster(parts, kubectl, signal)
      : cluster;
  await confirm(parts, place);
  return opened(parts, kubectl, place, signal);
}

async function confirm(
  { sources, record, context, onQuestion }: EngineParts,
  place: ClusterPlace,
): Promise<void> {
  const { bento } = record;
  const settings = [sources.settingsFor(bento), sources.usersOwnSettings(bento)];
  if (!isProduction(place.context, settings)) return;
  onQuestion();
  await context.engines.confirmProduction(bento, place);
}

/** Opens a cluster to look at it only: the one that was chosen for the bento, or another one. Undefined without either. */
export async function chosenCluster(
  parts: EngineParts,
  signal: AbortSignal,
  place = parts.sources.targetChoice(parts.record.bento).cluster,
): Promise<OpenedEngine | undefined> {
  if (place === undefined) return undefined;
  return opened(parts, await kubectlOf(parts, signal), place, signal);
}

async function kubectlOf({ context }: EngineParts, signal: AbortSignal): Promise<ContextsParts> {
  const { engines, platform, processEnv: env } = context;
  const run = engines.run();
  const cwd = engines.folder;
  await mkdir(cwd, { recursive: true, mode: 0o700 });
  return { run, env, cwd, program: await findKubectl({ run, env, platform, cwd, signal }) };
}

async function askForCluster(
  { context, sources, record, onQuestion }: EngineParts,
  kubectl: ContextsParts,
  signal: AbortSignal,
): Promise<ClusterPlace> {
  const { bento } = record;
  onQuestion();
  const cluster = await context.engines.askForCluster(bento, {
    contexts: await contexts(kubectl, signal),
    namespaces: async (name) => ({
      usual: (await contextDetails(kubectl, name, signal)).namespace,
      all: await namespaces(kubectl, name, signal),
    }),
  });
  sources.chooseTarget(bento, { ...sources.targetChoice(bento), cluster });
  return cluster;
}

async function opened(
  parts: EngineParts,
  kubectl: ContextsParts,
  place: ClusterPlace,
  signal: AbortSignal,
): Promise<OpenedEngine> {
  const { folder, id } = parts.record.bento;
  const { clock, log, platform, processEnv } = parts.context;
  const owner = { bento: id, folder };
  const makeFolder = (): Promise<string> => makeRunDirectory(processEnv, log);
  const kubeconfig = kubeconfigFiles({ env: processEnv, platform });
  const proxy = { ...kubectl, clock, context: place.context, kubeconfig, makeFolder };
  const key = JSON.stringify([kubectl.program.file, place.context]);
  const target = await KubernetesTarget.open(
    {
      ...{ ...kubectl, clock, place, owner },
      // On Windows kubectl could only listen on a port, which other users of the machine can open.
      ...(platform === 'win32'
        ? {}
        : {
            proxy: () => parts.proxies.acquire(key, () => new ClusterProxy(proxy)),
          }),
    },
    signal,
  );
  return openedEngine({ kind: 'kubernetes', ...place }, target, {
    image: (needs) => registryImage(parts, needs),
    confirm: () => confirm(parts, place),
    // There are none: kubectl reads manifests from its standard input.
    removeFiles: () => Promise.resolve(),
  });
}
