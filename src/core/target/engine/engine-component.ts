import { bracketed } from '../../address';
import { problemTexts, say, type Argument } from '../../messages/message';
import type {
  Component,
  ComponentKind,
  ComponentState,
  ComponentWorker,
  Problem,
} from '../../model';
import type { RunningComponent } from '../running-component';
import type { AppliedComponent, AppliedWorker } from '../target';
import { engineAddress } from './engine-address';

/**
 * Returns what readers see of a component on an engine.
 * @param unknown the problem because of which its state is not known
 */
export function engineComponent(
  applied: AppliedComponent,
  unknown: Problem | undefined,
  bento: string,
): RunningComponent {
  const { id, workers, reason, replicas, isSingle = false } = applied;
  const isWaiting = applied.state === 'starting' && reason !== undefined;
  return {
    id,
    snapshot: snapshotOf(applied, unknown, bento),
    details: {
      workersWanted: replicas ?? workers.length,
      workersAlive: workers.filter(({ state }) => state === 'ready').length,
      resources: [],
      recentErrors: 0,
      ...(isWaiting ? { waitingFor: reason } : {}),
      ...(isSingle ? { isSingle } : {}),
    },
  };
}

function snapshotOf(
  { id, state, reason, address, startedAt, workers }: AppliedComponent,
  unknown: Problem | undefined,
  bento: string,
): Component {
  const { kind, name } = named(id, bento);
  const problem = unknown ?? problemOf(name, state, reason);
  const started = startedAt ?? earliest(workers);
  return Object.freeze({
    ...{ id, kind, name },
    state: shownState(state, unknown),
    pids: Object.freeze([]),
    restarts: workers.reduce((sum, { restarts }) => sum + restarts, 0),
    ...(address === undefined ? {} : placeOf(address)),
    ...(started === undefined ? {} : { startedAt: started }),
    ...(problem === undefined ? {} : { problem }),
    workers: Object.freeze(workers.map((worker) => workerOf(worker, unknown))),
  });
}

function earliest(workers: readonly AppliedWorker[]): number | undefined {
  const started = workers.flatMap(({ startedAt }) => startedAt ?? []);
  return started.length === 0 ? undefined : Math.min(...started);
}

/** What is unknown is not shown as ready. */
const shownState = (state: ComponentState, unknown: Problem | undefined): ComponentState =>
  unknown === undefined || state === 'stopped' ? state : 'unhealthy';

/** The kind and name in the id of a component: `http`, `runner:upper`, `service:Embedder`. */
function named(id: string, bento: string): { readonly kind: ComponentKind; readonly name: string } {
  const [kind = '', ...rest] = id.split(':');
  const name = rest.join(':');
  switch (kind) {
    case 'http':
    case 'grpc':
      return { kind, name: bento };
    case 'runner':
    case 'service':
      return { kind, name: name === '' ? id : name };
    default:
      // Another version may have applied it.
      return { kind: 'service', name: id };
  }
}

function placeOf(text: string): Pick<Component, 'host' | 'port' | 'url'> {
  const { scheme, host, port } = engineAddress(text) ?? {};
  if (host === undefined || port === undefined) return {};
  const isOpened = scheme === 'http' || scheme === 'https';
  return {
    ...{ host, port },
    ...(isOpened ? { url: `${scheme}://${bracketed(host)}:${port}` } : {}),
  };
}

function workerOf(
  { name, shortName, state, reason, restarts, node, startedAt, hasPreviousLog }: AppliedWorker,
  unknown: Problem | undefined,
): ComponentWorker {
  const problem = unknown ?? problemOf(shortName ?? name, state, reason);
  return Object.freeze({
    ...{ name, restarts },
    state: shownState(state, unknown),
    ...(shortName === undefined ? {} : { shortName }),
    ...(node === undefined ? {} : { node }),
    ...(hasPreviousLog === true ? { hasPreviousLog } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(problem === undefined ? {} : { problem }),
  });
}

function problemOf(
  name: string,
  state: ComponentState,
  known: Argument | undefined,
): Problem | undefined {
  const reason = known ?? say('exitUnknown');
  switch (state) {
    case 'failed':
    case 'backingOff':
      return {
        code: 'crashed',
        ...problemTexts(say('engineWorkerEnded', { name, reason }), reason),
        actions: [],
      };
    case 'unhealthy':
      return {
        code: 'not-ready',
        ...problemTexts(say('engineNotReady', { name, reason }), reason),
      };
    case 'ready':
      // It is ready where it runs, but this machine does not reach it.
      return known === undefined
        ? undefined
        : {
            code: 'engine-unreachable',
            ...problemTexts(say('engineNotReached', { name, reason }), reason),
          };
    case 'stopped':
    case 'starting':
    case 'stopping':
      return undefined;
  }
}
