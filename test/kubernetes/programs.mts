import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, projectRoot } from '../../scripts/cache.mts';
import { withLock } from '../../scripts/lock.mts';
import { output, runProgram } from '../../scripts/run-program.mts';
import { machineEnvironment } from '../../scripts/test-environment.mts';

/** The program of Debian's package, not another one with the same name on this machine. */
export const etcd = '/usr/bin/etcd';
/** Cuts the network of the tests' namespace. */
export const iptables = '/usr/sbin/iptables';

/** Go modules that pin the programs and everything they are built from. */
const sources = path.join(projectRoot, 'test/kubernetes/programs');
const kubernetes = path.join(sources, 'kubernetes');
const kwok = path.join(sources, 'kwok');

/** The kinds that connect a pod to what a kubelet would do for it. */
const kwokKinds = ['portforwards', 'logs', 'execs'];

/** The programs of a cluster, in a folder of the cache. */
export interface ClusterPrograms {
  /** kube-apiserver, kube-controller-manager and kube-scheduler: the first argument names one of them. */
  readonly controlPlane: string;
  readonly kubectl: string;
  readonly kwok: string;
  /** A file with the definitions of `kwokKinds`. */
  readonly kwokKinds: string;
}

/** Thrown if the machine has no Go, or cannot download modules. */
export class CannotBuildError extends Error {}

/** Returns the programs. The first time on a machine they are built, which takes 5 to 20 minutes. */
export async function ensurePrograms(): Promise<ClusterPrograms> {
  const version = await pinnedVersion();
  const name = `kubernetes-${version}-${process.platform}-${process.arch}-${await hashOfSources()}`;
  const folder = path.join(cacheFolder(), name);
  await mkdir(cacheFolder(), { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await build(version, unfinished);
    await rename(unfinished, folder);
  });
  return {
    controlPlane: path.join(folder, 'control-plane'),
    kubectl: path.join(folder, 'kubectl'),
    kwok: path.join(folder, 'kwok'),
    kwokKinds: path.join(folder, 'kwok-kinds.yaml'),
  };
}

async function build(version: string, folder: string): Promise<void> {
  const go = await findGo();
  console.log(`Building Kubernetes ${version} and kwok. This takes 5 to 20 minutes, once.`);
  await download(go, kubernetes);
  await download(go, kwok);
  const [major, minor] = version.split('.');
  const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const versions = Object.entries(variables).map(
    ([variable, value]) => `-X k8s.io/component-base/version.${variable}=${value ?? ''}`,
  );
  // Without symbols, which nobody reads here.
  const options = ['build', '-trimpath', '-ldflags', ['-s -w', ...versions].join(' '), '-o'];
  const to = `${folder}/`;
  await go(kubernetes, ...options, to, './control-plane', './kubectl');
  await go(kwok, ...options, to, 'sigs.k8s.io/kwok/cmd/kwok');
  const module = await go(kwok, 'list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok');
  const kinds = path.join(module, 'kustomize/crd/bases');
  const text = kwokKinds.map((kind) => readFile(path.join(kinds, `kwok.x-k8s.io_${kind}.yaml`)));
  await writeFile(path.join(folder, 'kwok-kinds.yaml'), (await Promise.all(text)).join('\n'));
}

type Go = (module: string, ...args: readonly string[]) => Promise<string>;

async function findGo(): Promise<Go> {
  // The second is where the archives of go.dev are unpacked.
  for (const go of ['go', '/usr/local/go/bin/go']) {
    // A Go that is too old for the module downloads a newer one, or fails.
    const { code } = await runProgram(go, ['version'], { cwd: kubernetes });
    if (code !== 0) continue;
    const env = { ...machineEnvironment(), CGO_ENABLED: '0' };
    return (cwd, ...args) => output(go, args, { cwd, env });
  }
  const pinned = /^go (\d+\.\d+)/m.exec(await readFile(path.join(kubernetes, 'go.mod'), 'utf8'));
  throw new CannotBuildError(`they need Go ${pinned?.[1] ?? ''} or newer to build Kubernetes`);
}

async function download(go: Go, module: string): Promise<void> {
  try {
    await go(module, 'mod', 'download');
  } catch (error) {
    const [line = ''] = String(error).split('\n').slice(-1);
    throw new CannotBuildError(`the Go modules of Kubernetes could not be downloaded (${line})`);
  }
}

async function pinnedVersion(): Promise<string> {
  const text = await readFile(path.join(kubernetes, 'go.mod'), 'utf8');
  const version = /^\tk8s\.io\/kubernetes v(\S+)$/m.exec(text)?.[1];
  if (version === undefined) throw new Error('The go.mod names no version of k8s.io/kubernetes.');
  return version;
}

async function hashOfSources(): Promise<string> {
  const files = await Array.fromAsync(glob('**/*.{mod,sum,go}', { cwd: sources }));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(await readFile(path.join(sources, file)));
  return hash.digest('hex').slice(0, 12);
}
