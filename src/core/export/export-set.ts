import type { DiscoveredBento } from '../discovery/discovered-bento';
import { addressUri, reachable } from '../address';
import { fillArgv, fillEnv } from '../plan/placeholders';
import type { Plan, PlannedComponent } from '../plan/plan';
import { isAtLeast } from '../interpreter/supported-versions';
import { bentomlVariables } from '../settings/bentoml-variables';
import { listenAddress } from '../plan/listen-address';
import { secretUses } from '../settings/secrets';
import type { ServeSettings, TlsSettings } from '../settings/serve-settings';
import { say, type Message } from '../messages/message';
import type { ExportedCommand, ExportedSet } from './exported-set';

export interface ExportRequest {
  readonly plan: Plan;
  readonly bento: Pick<DiscoveredBento, 'name'>;
  readonly settings: ServeSettings;
  /** Names of the variables of the files of `serveBento.envFile`. */
  readonly fileVariables: readonly string[];
  /** Ports that components have now, or had last, by their ids. */
  readonly ports: ReadonlyMap<string, number>;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

const loopback = '127.0.0.1';
const usualPort = 3000;
/** Where BentoML's start commands are, from 1.4.8. */
const startModule = 'bentoml_cli._internal.start';

/** BentoML's own start commands for what a plan says, each with a port instead of a socket of ours. */
export function exportSet(request: ExportRequest): ExportedSet {
  const { plan, bento, settings, fileVariables } = request;
  const own = plan.components.filter(({ remote }) => remote === undefined);
  const ports = new FreePorts([...request.ports.values(), ...configuredPorts(settings)]);
  const places = new Map(own.map((planned) => [planned.id, placeOf(planned, request, ports)]));
  const addresses = new Map(
    [...places].map(([id, place]) => [id, addressUri({ kind: 'tcp', ...place })]),
  );
  const names = commandNames(own.map(({ id }) => id));
  const variables = Object.entries(bentomlVariables(settings));
  const isSecret = (value: string): boolean => secretUses({ value }).length > 0;
  const set = variables.filter((pair): pair is [string, string] => pair[1] !== null);
  return {
    name: bento.name,
    bentomlVersion: plan.bentomlVersion,
    cwd: plan.workingDir,
    env: Object.fromEntries(set.filter(([, value]) => !isSecret(value))),
    fromOutside: [
      ...fileVariables.filter((name) => !variables.some(([own]) => own === name)),
      ...set.filter(([, value]) => isSecret(value)).map(([name]) => name),
    ],
    unset: variables.filter(([, value]) => value === null).map(([name]) => name),
    commands: own.map((planned): ExportedCommand => {
      const place = places.get(planned.id) ?? { host: loopback, port: 0 };
      const tls = tlsOf(planned, settings);
      const values = {
        ...place,
        addresses,
        // Only what is not exported asks for it.
        metrics: '',
        metricsPort: settings.grpc.metricsPort ?? ports.next(),
        ...(tls?.certFile === undefined
          ? {}
          : { certFile: tls.certFile, keyFile: tls.keyFile ?? tls.certFile }),
      };
      return {
        name: names.get(planned.id) ?? planned.id,
        argv: fillArgv(startCommand(planned, plan.bentomlVersion), values),
        env: fillEnv(planned.commandEnv, values),
        dependsOn: planned.dependsOn.flatMap((id) => names.get(id) ?? []),
        ...(planned.kind === 'grpc' || planned.listens === 'grpc'
          ? {}
          : {
              ready: {
                scheme: tls?.certFile === undefined ? 'http' : 'https',
                host: reachable(place.host),
                port: place.port,
                path: planned.probes.ready,
              },
            }),
      };
    }),
    leftOut: leftOut(plan, settings),
  };
}

/** Unique, of letters that every format allows. */
function commandNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const id of ids) {
    const plain = id.replaceAll(/[^A-Za-z0-9_-]/g, '-');
    let name = plain;
    for (let count = 2; taken.has(name); count++) name = `${plain}-${count}`;
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

/** The command without what our own start.py adds to it. */
function startCommand({ command, listens }: PlannedComponent, version: string): readonly string[] {
  if (listens !== undefined) return command;
  const [python = 'python'] = command;
  const module = isAtLeast(version, '1.4.8') ? startModule : 'bentoml';
  return [python, '-m', module, ...command.slice(command.indexOf('--') + 1)];
}

function placeOf(
  { id, kind, name }: PlannedComponent,
  { plan, settings, ports: given }: ExportRequest,
  ports: FreePorts,
): Place {
  const runner = settings.runners[name];
  const { host, port } =
    kind === 'http' || kind === 'grpc'
      ? listenAddress(kind, settings, plan)
      : { host: runner?.host ?? loopback, port: runner?.port };
  return { host, port: port ?? given.get(id) ?? (kind === 'http' ? ports.usual() : ports.next()) };
}

function configuredPorts({ http, grpc, runners }: ServeSettings): readonly number[] {
  const all = [
    http.port,
    grpc.port,
    grpc.metricsPort,
    ...Object.values(runners).map((one) => one.port),
  ];
  return all.filter((port) => port !== undefined);
}

/** Ports that no other command of the set has. Whether they are free is known only where the commands run. */
class FreePorts {
  readonly #taken: Set<number>;
  #next = usualPort;

  constructor(taken: readonly number[]) {
    this.#taken = new Set(taken);
  }

  usual(): number {
    return this.#taken.has(usualPort) ? this.next() : this.#take(usualPort);
  }

  next(): number {
    do this.#next += 1;
    while (this.#taken.has(this.#next));
    return this.#take(this.#next);
  }

  #take(port: number): number {
    this.#taken.add(port);
    return port;
  }
}

const tlsOf = ({ kind }: PlannedComponent, settings: ServeSettings): TlsSettings | undefined =>
  kind === 'http' || kind === 'grpc' ? settings[kind].tls : undefined;

/** Settings that BentoML's start commands do not have, a sentence each. */
export function leftOut(
  { generation, components }: Plan,
  { args, runners, http }: ServeSettings,
): readonly Message[] {
  const counted = Object.entries(runners)
    .filter(([, { workers, remote }]) => workers !== undefined && remote === undefined)
    .map(([name]) => name);
  const sentences: Message[] = [];
  if (Object.keys(args).length > 0) {
    sentences.push(say('noArguments'));
  }
  if (components.some(({ command }) => command.includes('--build-file-values'))) {
    sentences.push(say('noBuildFileValues'));
  }
  if (generation === 'legacy' && counted.length > 0) {
    sentences.push(say('noWorkerCounts', { names: counted.join(', ') }));
  }
  const { certFile, clientCertificates, version, ciphers } = http.tls;
  const isHeeded = clientCertificates === 'none' && version === 'auto' && ciphers === undefined;
  if (generation === 'legacy' && certFile !== undefined && !isHeeded) {
    sentences.push(say('noTlsDetails'));
  }
  return sentences;
}
