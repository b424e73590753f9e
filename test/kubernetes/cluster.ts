import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import getPort from 'get-port';
import { output, runProgram } from '../../scripts/run-program.mts';
import { Daemon } from './daemon';
import { tokenFile, writeKubeconfig } from './kubeconfigs';
import { etcd, type ClusterPrograms } from './programs.mts';
import { stages } from './stages';

/** A cluster, as plain data that the set-up provides to test files. */
export interface Cluster {
  /** The environment for programs that use it: `kubectl` is first on the `PATH`, `KUBECONFIG` names the kubeconfig. */
  readonly env: Readonly<Record<string, string>>;
  /** The absolute path of `kubectl`. */
  readonly kubectl: string;
  /** Has the contexts `admin` (the current one), `viewer`, `nobody` and `unreachable`. */
  readonly kubeconfig: string;
}

export interface RunningCluster {
  readonly cluster: Cluster;
  /** Stopping and starting it is what clients see of a cluster that goes away and comes back. */
  readonly apiserver: Daemon;
  end(): Promise<void>;
}

/** Starts a control plane without nodes. All its files are in an empty folder. */
export async function startCluster(
  folder: string,
  programs: ClusterPrograms,
): Promise<RunningCluster> {
  const started: Daemon[] = [];
  const start = async (daemon: Daemon): Promise<Daemon> => {
    started.push(daemon);
    await daemon.start();
    return daemon;
  };
  const end = async (): Promise<void> => {
    await Promise.all(started.map((daemon) => daemon.stop()));
  };
  try {
    return await startDaemons(folder, programs, start, end);
  } catch (error) {
    await end();
    throw error;
  }
}

async function startDaemons(
  folder: string,
  programs: ClusterPrograms,
  start: (daemon: Daemon) => Promise<Daemon>,
  end: () => Promise<void>,
): Promise<RunningCluster> {
  const port = await getPort();
  const [etcdPort, peerPort, kubeletPort, closedPort] = await Promise.all(
    Array.from({ length: 4 }, () => getPort()),
  );
  const file = (name: string): string => path.join(folder, name);
  const loopback = (of: number | undefined): string => `http://127.0.0.1:${String(of)}`;
  const kubeconfig = writeKubeconfig(folder, {
    server: `https://127.0.0.1:${String(port)}`,
    authorityFile: file('certificates/apiserver.crt'),
    unreachable: `https://127.0.0.1:${String(closedPort)}`,
  });
  const env = {
    PATH: [path.dirname(programs.kubectl), '/usr/bin', '/bin'].join(path.delimiter),
    HOME: file('home'),
    KUBECONFIG: kubeconfig,
  };
  mkdirSync(env.HOME);
  const kubectl = (...args: readonly string[]): Promise<string> =>
    output(programs.kubectl, args, { env });
  const succeeds = async (...args: readonly string[]): Promise<boolean> =>
    (await runProgram(programs.kubectl, args, { env })).code === 0;
  const daemon = (
    name: string,
    program: string,
    args: readonly string[],
    isReady: () => boolean | Promise<boolean>,
  ): Daemon => new Daemon({ file: program, args, env, log: file(`${name}.log`), isReady });

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file('key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('tokens'), tokenFile(), { mode: 0o600 });
  writeFileSync(file('stages.yaml'), stages());

  await start(
    daemon(
      'etcd',
      etcd,
      [
        ...['--data-dir', file('etcd'), '--log-outputs', 'stderr', '--logger', 'zap'],
        ...['--listen-client-urls', loopback(etcdPort)],
        ...['--advertise-client-urls', loopback(etcdPort)],
        ...['--listen-peer-urls', loopback(peerPort)],
        ...['--initial-advertise-peer-urls', loopback(peerPort)],
        ...['--initial-cluster', `default=${loopback(peerPort)}`],
      ],
      () => isAnswering(`${loopback(etcdPort)}/health`),
    ),
  );
  const apiserver = await start(
    daemon(
      'apiserver',
      programs.controlPlane,
      [
        ...['kube-apiserver', '--etcd-servers', loopback(etcdPort)],
        ...['--bind-address', '127.0.0.1', '--secure-port', String(port)],
        // An address that is not of loopback has to be advertised. Nobody uses this one.
        ...['--advertise-address', '192.0.2.1', '--endpoint-reconciler-type', 'none'],
        ...['--cert-dir', file('certificates'), '--token-auth-file', file('tokens')],
        ...['--authorization-mode', 'RBAC', '--service-cluster-ip-range', '10.0.0.0/16'],
        ...['--service-account-issuer', 'https://kubernetes.default.svc'],
        ...['--service-account-key-file', file('key')],
        ...['--service-account-signing-key-file', file('key')],
        // Debian's etcd does not support it, and kwok misses changes while it asks for it again and again.
        ...['--feature-gates', 'WatchList=false'],
        // The one address of kwok, which serves what a kubelet serves.
        ...['--kubelet-preferred-address-types', 'InternalIP'],
      ],
      () => succeeds('get', '--raw', '/readyz'),
    ),
  );
  const ofController = ['--kubeconfig', kubeconfig, '--leader-elect=false', '--secure-port', '0'];
  await Promise.all([
    start(
      daemon(
        'controller-manager',
        programs.controlPlane,
        [
          ...['kube-controller-manager', ...ofController],
          ...['--service-account-private-key-file', file('key')],
          // The usual limits are for a cluster with other work.
          ...['--kube-api-qps', '1000', '--kube-api-burst', '2000'],
        ],
        // Pods need it.
        () => succeeds('get', 'serviceaccount', 'default'),
      ),
    ),
    start(
      daemon(
        'scheduler',
        programs.controlPlane,
        [
          ...['kube-scheduler', ...ofController],
          ...['--kube-api-qps', '1000', '--kube-api-burst', '2000'],
        ],
        () => true,
      ),
    ),
    kubectl('apply', '-f', programs.kwokKinds),
    kubectl('create', 'clusterrolebinding', 'viewer', '--clusterrole=view', '--user=viewer'),
  ]);
  await kubectl('wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all');
  await start(
    daemon(
      'kwok',
      programs.kwok,
      [
        ...['--kubeconfig', kubeconfig, '--config', file('stages.yaml'), '--manage-all-nodes'],
        ...['--node-ip', '127.0.0.1', '--node-port', String(kubeletPort)],
        ...['--server-address', `127.0.0.1:${String(kubeletPort)}`, '--cidr', '10.244.0.0/16'],
        // Without leases, nodes that send no heartbeat would be taken for lost.
        ...['--node-lease-duration-seconds', '40'],
        ...['--enable-crds', 'PortForward,Logs,Exec'],
      ],
      () => isAnswering(`${loopback(kubeletPort)}/healthz`),
    ),
  );
  return { cluster: { env, kubectl: programs.kubectl, kubeconfig }, apiserver, end };
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
