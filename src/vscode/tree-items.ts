import type { ComponentDetails } from '../core/bento-manager';
import type { Bento, BentoState, Component, ComponentState, Problem } from '../core/model';

/** A row as plain values; the tree view only turns them into `vscode.TreeItem`. */
export interface Row {
  readonly label: string;
  readonly description: string;
  /** A codicon: the state has a shape, not only a colour. */
  readonly icon: string;
  readonly color?: string;
  /** Capabilities, which the menus match with regular expressions. */
  readonly contextValue: string;
  /** Lines of plain text. */
  readonly tooltip: readonly string[];
  readonly accessibility: string;
}

interface Look {
  readonly word: string;
  readonly icon: string;
  readonly color?: string;
}

const green = 'testing.iconPassed';
const yellow = 'problemsWarningIcon.foreground';
const red = 'problemsErrorIcon.foreground';

const componentLooks: Readonly<Record<ComponentState, Look>> = {
  stopped: { word: 'stopped', icon: 'circle-outline' },
  starting: { word: 'starting', icon: 'loading~spin' },
  ready: { word: 'ready', icon: 'pass-filled', color: green },
  unhealthy: { word: 'unhealthy', icon: 'warning', color: yellow },
  backingOff: { word: 'about to restart', icon: 'history', color: yellow },
  stopping: { word: 'stopping', icon: 'sync~spin' },
  failed: { word: 'failed', icon: 'error', color: red },
};

const notAvailable: Look = { word: 'not available', icon: 'circle-slash' };

const bentoLooks: Readonly<Record<BentoState, Look>> = {
  stopped: { word: 'stopped', icon: 'circle-outline' },
  starting: { word: 'starting', icon: 'loading~spin' },
  ready: { word: 'ready', icon: 'pass-filled', color: green },
  degraded: { word: 'degraded', icon: 'warning', color: yellow },
  stopping: { word: 'stopping', icon: 'sync~spin' },
  failed: { word: 'failed', icon: 'error', color: red },
};

const kinds = {
  http: 'HTTP server',
  grpc: 'gRPC server',
  runner: 'runner',
  service: 'dependency service',
} as const;

const sources = {
  project: 'project',
  file: 'Python file',
  store: 'built bento',
  settings: 'from the settings',
} as const;

const running = new Set<BentoState | ComponentState>([
  'starting',
  'ready',
  'degraded',
  'unhealthy',
  'backingOff',
  'stopping',
]);

export function bentoRow(bento: Bento, where: string): Row {
  const look = bentoLooks[bento.state];
  const count = readyCount(bento.components);
  const served = running.has(bento.state);
  const parts = served
    ? [look.word, ...(count === undefined ? [] : [`${count} ready`])]
    : bento.problem === undefined
      ? [where]
      : [bento.state === 'failed' ? look.word : where, shortProblem(bento.problem)];
  const capabilities = [
    'bento',
    served ? 'canStop canRestart' : 'canServe',
    ...(bento.components.some(({ url, state }) => url !== undefined && state !== 'stopped')
      ? ['hasUrl']
      : []),
  ];
  const settingsProblem = bento.problem?.code === 'settings' && !served;
  return {
    label: bento.name,
    description: parts.filter((part) => part !== '').join(' · '),
    icon: settingsProblem ? 'warning' : look.icon,
    ...(settingsProblem
      ? { color: yellow }
      : look.color === undefined
        ? {}
        : { color: look.color }),
    contextValue: capabilities.join(' '),
    tooltip: [
      `${bento.name}: ${look.word}`,
      `${sources[bento.source]}, ${bento.id}`,
      ...(bento.bentomlVersion === undefined ? [] : [`BentoML ${bento.bentomlVersion}`]),
      ...(bento.python === undefined ? [] : [bento.python]),
      ...problemLines(bento.problem),
    ],
    accessibility: `${bento.name}, ${look.word}${count === undefined || !served ? '' : `, ${count} components ready`}${bento.problem === undefined ? '' : `, ${bento.problem.message}`}`,
  };
}

export function componentRow(
  component: Component,
  details: ComponentDetails | undefined,
  now: number,
): Row {
  const unavailable = component.problem?.code === 'grpc-unavailable';
  const look: Look = unavailable ? notAvailable : componentLooks[component.state];
  const live = running.has(component.state);
  const address = addressOf(component);
  const wanted = details?.workersWanted ?? 0;
  const parts = [
    look.word,
    ...(live ? [address ?? 'private socket'] : []),
    ...(component.latencyMs === undefined || !live ? [] : [`${component.latencyMs} ms`]),
    ...(live && wanted > 1 ? [`${component.pids.length}/${wanted} workers`] : []),
    ...(component.problem === undefined ? [] : [shortProblem(component.problem)]),
  ];
  const capabilities = [
    'component',
    ...(unavailable ? [] : [live ? 'canStop canRestart' : 'canServe']),
    ...(details === undefined ? [] : ['hasTerminal']),
    ...(component.url !== undefined && live ? ['hasUrl'] : []),
  ];
  return {
    label: labelOf(component),
    description: parts.join(' · '),
    icon: look.icon,
    ...(look.color === undefined ? {} : { color: look.color }),
    contextValue: capabilities.join(' '),
    tooltip: [
      `${kinds[component.kind]} ${component.name}: ${look.word}`,
      ...(address === undefined ? [] : [address]),
      ...(component.pids.length === 0 ? [] : [`pid ${component.pids.join(', ')}`]),
      ...(component.startedAt === undefined || !live
        ? []
        : [`up for ${duration(now - component.startedAt)}`]),
      ...(component.restarts === 0 ? [] : [`restarts: ${component.restarts}`]),
      ...(details?.waitingFor === undefined ? [] : [`waiting: ${details.waitingFor}`]),
      ...(details?.command === undefined ? [] : [details.command]),
      ...problemLines(component.problem),
    ],
    accessibility: `${kinds[component.kind]} ${component.name}, ${look.word}${address === undefined || !live ? '' : `, ${address}`}${component.problem === undefined ? '' : `, ${component.problem.message}`}`,
  };
}

/** `2/3` of the components that can be served; nothing while there are none. */
export function readyCount(components: readonly Component[]): string | undefined {
  const able = components.filter(({ problem }) => problem?.code !== 'grpc-unavailable');
  if (able.length === 0) return undefined;
  return `${able.filter(({ state }) => state === 'ready').length}/${able.length}`;
}

export const labelOf = ({ kind, name }: Component): string =>
  kind === 'http' || kind === 'grpc' ? kind : name;

function addressOf({ host, port }: Component): string | undefined {
  if (host === undefined || port === undefined) return undefined;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const shortest = 80;

/** The first sentence of a problem, for a row. */
function shortProblem({ message }: Problem): string {
  const first = message.split(/(?<=[.!?]) |: (?=[A-Z])/, 1)[0] ?? message;
  return first.length > shortest ? `${first.slice(0, shortest)}…` : first.replace(/\.$/, '');
}

const problemLines = (problem: Problem | undefined): readonly string[] =>
  problem === undefined ? [] : [problem.message];

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
