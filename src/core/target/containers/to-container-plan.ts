import { leftOut as leftOutOfCommands } from '../../export/export-set';
import { isAtLeast } from '../../interpreter/supported-versions';
import { problemTexts, say, type Argument } from '../../messages/message';
import { listenAddress } from '../../plan/listen-address';
import { fillArgv, fillEnv } from '../../plan/placeholders';
import type { Plan, PlannedComponent } from '../../plan/plan';
import { ServeError } from '../../problem';
import { bentomlVariables } from '../../settings/bentoml-variables';
import { secretUses } from '../../settings/secrets';
import type { ServeSettings } from '../../settings/serve-settings';
import {
  bentoInImage,
  bentomlHome,
  tlsFolder,
  type ContainerPlan,
  type ContainerSource,
  type Workload,
  type WorkloadProbe,
} from './container-plan';
import { dnsLabel, dnsLabels } from './names';
import { resourcesLeftOut, workloadResources } from './workload-resources';

export interface ContainerRequest {
  readonly plan: Plan;
  readonly bento: { readonly name: string };
  readonly settings: ServeSettings;
  /** Names of the variables of the files of `serveBento.envFile`. */
  readonly fileVariables: readonly string[];
  readonly source: ContainerSource;
}

const port = 3000;
const metricsPort = 3001;
const loopback = '127.0.0.1';
const configOptions = 'BENTOML_CONFIG_OPTIONS';

/**
 * Turns a plan into containers. Addresses are the names of workloads, and every server listens on all interfaces.
 * @throws ServeError `settings` if BentoML has no start command for a component
 */
export function toContainerPlan(request: ContainerRequest): ContainerPlan {
  const { plan, bento, settings, source, fileVariables } = request;
  const own = plan.components.filter(({ remote }) => remote === undefined);
  assertStartCommands(own, bento.name);
  const name = dnsLabel(bento.name);
  const labels = dnsLabels(own.map(({ id }) => id));
  const names = new Map([...labels].map(([id, label]) => [id, `${name}-${label}`]));
  const addresses = new Map([...names].map(([id, host]) => [id, `tcp://${host}:${port}`]));
  const { env, secretVariables } = variablesOf(settings, source);
  const tlsFiles: Record<string, string> = {};
  const workloads = own.map((planned): Workload => {
    const tls = tlsOf(planned, settings, tlsFiles);
    const values = { addresses, host: '0.0.0.0', port, metricsPort, metrics: '', ...tls.values };
    return {
      name: names.get(planned.id) ?? planned.id,
      component: planned.id,
      label: labels.get(planned.id) ?? planned.id,
      kind: planned.kind,
      command: fillArgv(commandOf(planned, plan, source), values).map(tls.path),
      env: workloadEnv(fillEnv(planned.commandEnv, values)),
      dependsOn: planned.dependsOn.flatMap((id) => names.get(id) ?? []),
      port,
      ...(planned.kind === 'grpc' ? { metricsPort } : {}),
      tlsFiles: tls.files,
      probe: probeOf(planned, settings, tls.files.length > 0),
      ...metricsOf(planned, tls.files.length > 0),
      ...publishedOf(planned, settings, plan),
      ...replicasOf(planned, settings),
      resources: workloadResources(planned, bento.name),
    };
  });
  return {
    name,
    displayName: bento.name,
    bentomlVersion: plan.bentomlVersion,
    ...{ env, secretVariables, tlsFiles, workloads, source },
    envFiles: settings.envFile,
    fileVariables,
    stopGraceSeconds: Math.ceil(settings.stopGracePeriod),
    startSeconds: Math.ceil(settings.startTimeout),
    leftOut: leftOut(plan, settings, source),
  };
}

function assertStartCommands(components: readonly PlannedComponent[], bento: string): void {
  const foreign = components.find(({ listens }) => listens !== undefined);
  if (foreign === undefined) return;
  const texts = problemTexts(say('containersOwnProgram', { bento, name: foreign.name }));
  throw new ServeError({ code: 'settings', component: foreign.id, ...texts });
}

/** Returns variables without the values of secrets. Paths on this machine do not exist in an image. */
function variablesOf(
  settings: ServeSettings,
  source: ContainerSource,
): Pick<ContainerPlan, 'env' | 'secretVariables'> {
  const { bentomlHome: _, bentomlConfig, ...others } = settings;
  const config = source.kind === 'image' || bentomlConfig === undefined ? {} : { bentomlConfig };
  const set = Object.entries(bentomlVariables({ ...others, ...config })).filter(
    (pair): pair is [string, string] => pair[1] !== null,
  );
  const isSecret = ([, value]: readonly [string, string]): boolean =>
    secretUses({ value }).length > 0;
  return {
    env: {
      BENTOML_DO_NOT_TRACK: 'True',
      ...Object.fromEntries(set.filter((pair) => !isSecret(pair))),
      BENTOML_HOME: bentomlHome,
    },
    secretVariables: set.filter(isSecret).map(([variable]) => variable),
  };
}

/**
 * Returns BentoML's start command, run by Python: the entry point of BentoML 1.4's images would run
 * `bentoml start-…-server`, a command that these images do not have.
 */
function commandOf(
  { command, usesCpuCount = false }: PlannedComponent,
  { bentomlVersion }: Plan,
  source: ContainerSource,
): readonly string[] {
  const module = isAtLeast(bentomlVersion, '1.4.8') ? 'bentoml_cli._internal.start' : 'bentoml';
  const whole = command.slice(command.indexOf('--') + 1);
  // The number for the CPUs of this machine. BentoML counts those of the container.
  const start = usesCpuCount ? withoutOption(whole, '--api-workers') : whole;
  if (source.kind === 'development') return [command[0] ?? 'python', '-m', module, ...start];
  const [name = '', , ...options] = withoutOption(start, '--working-dir');
  return ['python', '-m', module, name, bentoInImage, ...options];
}

/** Removes an option and its value. */
function withoutOption(args: readonly string[], option: string): readonly string[] {
  const at = args.indexOf(option);
  return at === -1 ? args : args.toSpliced(at, 2);
}

/** Lets the engine assign GPUs, and lets Prometheus reach the metrics server from other machines. */
function workloadEnv({
  CUDA_VISIBLE_DEVICES: _,
  ...env
}: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const options = env[configOptions];
  if (options === undefined) return env;
  const metricsHost = 'api_server.grpc.metrics.host=';
  return {
    ...env,
    [configOptions]: options.replace(`${metricsHost}${loopback}`, `${metricsHost}0.0.0.0`),
  };
}

/** gRPC's metrics have a server of their own, without TLS. */
function metricsOf(
  { kind, metrics }: PlannedComponent,
  hasTls: boolean,
): Pick<Workload, 'metrics'> {
  if (metrics === undefined) return {};
  const isOwnServer = kind === 'grpc';
  return {
    metrics: {
      ...metrics,
      port: isOwnServer ? metricsPort : port,
      scheme: hasTls && !isOwnServer ? 'https' : 'http',
    },
  };
}

function replicasOf(
  { kind, name }: PlannedComponent,
  { http, grpc, runners }: ServeSettings,
): Pick<Workload, 'replicas'> {
  const replicas =
    kind === 'http' || kind === 'grpc' ? { http, grpc }[kind].replicas : runners[name]?.replicas;
  return replicas === undefined ? {} : { replicas };
}

/** Publishes only servers. Runners and dependency services unpickle what they receive: only the bento may call them. */
function publishedOf(
  { kind }: PlannedComponent,
  settings: ServeSettings,
  plan: Plan,
): Pick<Workload, 'published'> {
  if (kind !== 'http' && kind !== 'grpc') return {};
  const { host, port: configured } = listenAddress(kind, settings, plan);
  // Engines accept only IP addresses here.
  const ip = host === 'localhost' ? loopback : host;
  return { published: { host: ip, port: configured ?? (kind === 'http' ? 3000 : 50_051) } };
}

interface WorkloadTls {
  readonly files: readonly string[];
  readonly values: { readonly certFile?: string; readonly keyFile?: string };
  /** Replaces an argument that is the path of one of the files by its path in the container. */
  readonly path: (argument: string) => string;
}

/** @param all receives the files that the workload uses, by their names in its folder */
function tlsOf(
  { kind, command }: PlannedComponent,
  settings: ServeSettings,
  all: Record<string, string>,
): WorkloadTls {
  const without: WorkloadTls = { files: [], values: {}, path: (argument) => argument };
  if (kind !== 'http' && kind !== 'grpc') return without;
  const { certFile, keyFile = certFile, caFile } = settings[kind].tls;
  if (certFile === undefined || keyFile === undefined || !command.includes('$(certFile)')) {
    return without;
  }
  const [cert, key, ca] = [`${kind}-tls.crt`, `${kind}-tls.key`, `${kind}-ca.crt`];
  const own = {
    [cert]: certFile,
    [key]: keyFile,
    ...(caFile === undefined ? {} : { [ca]: caFile }),
  };
  Object.assign(all, own);
  return {
    files: Object.keys(own),
    values: { certFile: `${tlsFolder}/${cert}`, keyFile: `${tlsFolder}/${key}` },
    path: (argument) => (argument === caFile ? `${tlsFolder}/${ca}` : argument),
  };
}

function probeOf(
  { kind, probes }: PlannedComponent,
  { http, grpc }: ServeSettings,
  hasTls: boolean,
): WorkloadProbe {
  if (kind === 'grpc') return hasTls || grpc.tls.caFile !== undefined ? { kind: 'tcp' } : { kind };
  if (hasTls && http.tls.clientCertificates === 'required') return { kind: 'tcp' };
  return { kind: 'http', scheme: hasTls ? 'https' : 'http', ...probes };
}

function leftOut(
  plan: Plan,
  settings: ServeSettings,
  { kind }: ContainerSource,
): readonly Argument[] {
  const { bentomlHome: home, bentomlConfig: config } = settings;
  const isImage = kind === 'image';
  const own = plan.components.filter(({ remote }) => remote === undefined);
  return [
    // An image has the values of its build file.
    ...leftOutOfCommands(plan, settings).filter(
      ({ key }) => !isImage || key !== 'noBuildFileValues',
    ),
    ...(isImage && home !== undefined ? [say('containersNoHome')] : []),
    ...(isImage && config !== undefined ? [say('containersNoConfig')] : []),
    ...own.flatMap(resourcesLeftOut),
    ...plan.components
      .filter(({ remote }) => remote !== undefined && isLoopback(remote))
      .map(({ name, remote = '' }) => say('containersLoopback', { name, address: remote })),
  ];
}

const isLoopback = (address: string): boolean =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(address).hostname);
