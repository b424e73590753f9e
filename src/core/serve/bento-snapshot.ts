import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Bento, BentoState, Component, ComponentKind, Problem, StartProgress } from '../model';
import type { Interpreter } from '../python/interpreter';
import type { RunningBento } from './running-bento';

export interface SnapshotParts {
  readonly bento: DiscoveredBento;
  readonly displayName: string;
  readonly served: RunningBento | undefined;
  /** Of the start or restart in progress. */
  readonly progress: StartProgress | undefined;
  /** Of its last serve. */
  readonly problem: Problem | undefined;
  /** Of what is set for it, which is no failure as long as nobody serves it. */
  readonly settingsProblem: Problem | undefined;
  readonly interpreter: Interpreter | undefined;
  readonly profile: string | undefined;
  /** What is known of a bento that is not served. */
  readonly idle: readonly Component[];
}

/** The bento as readers see it: one immutable value. */
export function bentoSnapshot(parts: SnapshotParts): Bento {
  const { bento, displayName, served, profile, progress } = parts;
  // What runs may have another one than what was found last.
  const interpreter = served?.request.interpreter ?? parts.interpreter;
  const running = served === undefined ? [] : componentsOf(served);
  const components = running.length > 0 ? running : [...parts.idle].sort(byKind);
  const problem = served?.problem ?? parts.problem ?? parts.settingsProblem;
  const generation = served?.plan?.generation ?? bento.generation;
  const bentomlVersion = served?.plan?.bentomlVersion ?? interpreter?.bentomlVersion;
  return Object.freeze({
    id: bento.id,
    name: bento.name,
    displayName,
    folder: bento.folder,
    source: bento.source,
    state: bentoState(parts, components),
    components,
    ...(progress === undefined ? {} : { progress }),
    ...(generation === undefined ? {} : { generation }),
    ...(bentomlVersion === undefined ? {} : { bentomlVersion }),
    ...(interpreter === undefined ? {} : { python: interpreter.path }),
    ...(profile === undefined ? {} : { profile }),
    ...(problem === undefined ? {} : { problem }),
  });
}

function bentoState(parts: SnapshotParts, components: readonly Component[]): BentoState {
  const { served, progress, problem } = parts;
  if (served?.stopping === true) return 'stopping';
  // Between the request and the plan there are no components yet.
  if (progress !== undefined && (served?.components.length ?? 0) === 0) return 'starting';
  if (served === undefined) return problem === undefined ? 'stopped' : 'failed';
  // What cannot be served at all (gRPC of a class service) does not make the rest less ready.
  const able = components.filter(({ problem: own }) => own?.code !== 'grpc-unavailable');
  const states = new Set(able.map(({ state }) => state));
  if (states.size === 1 && states.has('ready')) return 'ready';
  return served.wasReady ? 'degraded' : 'starting';
}

function componentsOf(served: RunningBento): readonly Component[] {
  const unavailable = (served.plan?.unavailable ?? []).map((one) =>
    idleComponent(one, { ...one.problem, component: one.id }),
  );
  const live = served.components.map(({ component, supervisor }): Component => {
    const { id, kind, name, remote } = component.planned;
    const { problem, startedAt, readyAt, latencyMs } = supervisor;
    const { address, url } = component;
    return Object.freeze({
      id,
      kind,
      name,
      state: supervisor.state,
      pids: Object.freeze([...component.workers.pids]),
      restarts: component.workers.restarts,
      ...(address.kind === 'tcp' ? { host: address.host, port: address.port } : {}),
      ...(url === undefined ? {} : { url }),
      ...(remote === undefined ? {} : { remote: true }),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(readyAt === undefined ? {} : { readyAt }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(problem === undefined ? {} : { problem }),
    });
  });
  return Object.freeze([...live, ...unavailable].sort(byKind));
}

/** A component that does not run; with a problem, because of it. */
export function idleComponent(
  { id, kind, name, remote = false }: Pick<Component, 'id' | 'kind' | 'name' | 'remote'>,
  problem?: Problem,
): Component {
  return Object.freeze({
    ...{ id, kind, name },
    ...(remote ? { remote } : {}),
    state: problem === undefined || problem.code === 'grpc-unavailable' ? 'stopped' : 'failed',
    pids: Object.freeze([]),
    restarts: 0,
    ...(problem === undefined ? {} : { problem }),
  });
}

/** What people open comes first. */
const order: Readonly<Record<ComponentKind, number>> = { http: 0, grpc: 1, service: 2, runner: 2 };

const byKind = (a: Component, b: Component): number => order[a.kind] - order[b.kind];
