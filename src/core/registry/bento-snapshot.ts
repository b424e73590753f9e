import type { Bento, BentoState, Component, ComponentKind, Problem, StartProgress } from '../model';
import type { BentoRecord } from './bento-record';
import { idleComponent } from './idle-component';
import type { BentoSources } from './bento-sources';
import { unknownProblem } from '../target/engine/unknown-problem';
import type { RunningBento } from '../target/running-bento';
import { settingsProblem } from './settings-problem';

interface SnapshotParts extends Readonly<
  Pick<
    BentoRecord,
    'bento' | 'displayName' | 'served' | 'problem' | 'unknown' | 'interpreter' | 'idle'
  >
> {
  /** Of the start or restart in progress. */
  readonly progress: StartProgress | undefined;
  /** Of its settings, which is no failure as long as nobody serves it. */
  readonly settingsProblem: Problem | undefined;
  readonly profile: string | undefined;
}

/** The bento as readers see it now. */
export function snapshotOf(record: Readonly<BentoRecord>, sources: BentoSources): Bento {
  const { bento, idle, start } = record;
  const profile = sources.profiles(bento).chosen;
  const { problems } = sources.folderSettings(bento.folder);
  return bentoSnapshot({
    ...record,
    profile,
    progress: start?.progress,
    settingsProblem: settingsProblem(problems, { bento, profile, components: idle }),
  });
}

/** One immutable value. */
function bentoSnapshot(parts: SnapshotParts): Bento {
  const { bento, displayName, served, profile, progress } = parts;
  // What runs may have another one than what was found last.
  const interpreter = served?.request.interpreter ?? parts.interpreter;
  const running = served === undefined ? [] : componentsOf(served);
  const components = running.length > 0 ? running : [...parts.idle].sort(byKind);
  const unknown = parts.unknown && unknownProblem(parts.unknown);
  const problem = served?.problem ?? parts.problem ?? unknown ?? parts.settingsProblem;
  const generation = served?.plan?.generation ?? bento.generation;
  const bentomlVersion = served?.plan?.bentomlVersion ?? interpreter?.bentomlVersion;
  return Object.freeze({
    id: bento.id,
    name: bento.name,
    displayName,
    folder: bento.folder,
    source: bento.source,
    state: bentoState(parts, components),
    ...(served?.engine === undefined ? {} : { engine: served.engine }),
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
  const live = served.components.map(({ snapshot }) => snapshot);
  return Object.freeze([...live, ...unavailable].sort(byKind));
}

/** What people open comes first. */
const order: Readonly<Record<ComponentKind, number>> = { http: 0, grpc: 1, service: 2, runner: 2 };

const byKind = (a: Component, b: Component): number => order[a.kind] - order[b.kind];
