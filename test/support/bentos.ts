import type {
  BentoManager,
  ConfigDrift,
  BentoWarning,
  ComponentDetails,
} from '../../src/core/bento-manager';
import type { DiscoveredBento } from '../../src/core/discovery/discovered-bento';
import { Emitter } from '../../src/core/events';
import { OutputHistory } from '../../src/core/logs/output-history';
import type { Bento, Component } from '../../src/core/model';

export const component = (values: Partial<Component> = {}): Component => ({
  id: 'http',
  kind: 'http',
  name: 'Search',
  state: 'stopped',
  pids: [],
  restarts: 0,
  ...values,
});

export const bento = (values: Partial<Bento> = {}): Bento => ({
  id: 'service.py:Search',
  name: 'Search',
  displayName: values.name ?? 'Search',
  folder: '/work',
  source: 'project',
  state: 'stopped',
  components: [component()],
  ...values,
});

export const discovered = (values: Partial<DiscoveredBento> = {}): DiscoveredBento => ({
  id: 'service.py:Search',
  name: 'Search',
  folder: '/work',
  source: 'project',
  reference: 'service:Search',
  workingDir: '/work',
  components: [],
  ...values,
});

export const details = (values: Partial<ComponentDetails> = {}): ComponentDetails => ({
  workersWanted: 1,
  workersAlive: 1,
  resources: [],
  recentErrors: 0,
  output: new OutputHistory(),
  logFile: '/logs/http.log',
  ...values,
});

export interface FakeManager extends BentoManager {
  bentos: readonly Bento[];
  waitingHelpers: number;
  readonly calls: string[];
  readonly found: Map<string, DiscoveredBento>;
  readonly known: Map<string, ComponentDetails>;
  readonly drifts: Map<string, ConfigDrift>;
  readonly warned: Map<string, readonly BentoWarning[]>;
  /** Puts another bento in the place of the one with its id, and says so. */
  change(bento: Bento): void;
  list(bentos: readonly Bento[]): void;
  /** What calls do beside being recorded. */
  answer: (call: string) => Promise<void>;
}

/** A manager that is told what there is, and records what it is asked for. */
export function fakeManager(bentos: readonly Bento[] = []): FakeManager {
  const changed = new Emitter<string | undefined>();
  const called = async (call: string): Promise<void> => {
    manager.calls.push(call);
    await manager.answer(call);
  };
  const get = (id: string): Bento => {
    const found = manager.bentos.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no bento ${id}`);
    return found;
  };
  const manager: FakeManager = {
    bentos,
    calls: [],
    found: new Map(),
    known: new Map(),
    drifts: new Map(),
    warned: new Map(),
    answer: () => Promise.resolve(),
    onDidChange: changed.event,
    change: (next) => {
      manager.bentos = manager.bentos.map((one) => (one.id === next.id ? next : one));
      changed.fire(next.id);
    },
    list: (next) => {
      manager.bentos = next;
      changed.fire(undefined);
    },
    bento: (id) => manager.bentos.find((one) => one.id === id),
    discovered: (id) => manager.found.get(id),
    drift: (id) => manager.drifts.get(id),
    warnings: (id) => manager.warned.get(id) ?? [],
    profiles: () => ({ names: [] }),
    target: () => 'local',
    chooseProfile: () => undefined,
    details: (id, of) => manager.known.get(`${id} ${of}`),
    refresh: () => called('refresh').then(() => manager.bentos),
    serve: (id) => called(`serve ${id}`).then(() => get(id)),
    startCommands: () => Promise.reject(new Error('no commands here')),
    containerPlan: () => Promise.reject(new Error('no containers here')),
    stop: (id) => called(`stop ${id}`),
    restart: (id, of) => called(`restart ${id} ${of ?? 'all'}`).then(() => get(id)),
    serveComponent: (id, of) => called(`serve ${id} ${of}`).then(() => get(id)),
    stopComponent: (id, of) => called(`stop ${id} ${of}`),
    stopAll: () => called('stop all'),
    leave: () => called('leave'),
    chooseTarget: () => undefined,
    shell: () => {
      throw new Error('no engine here');
    },
    onEngine: () => {
      throw new Error('no engine here');
    },
    compare: () => Promise.reject(new Error('no engine here')),
    waitingHelpers: 0,
    onDidChangeWaiting: new Emitter<void>().event,
  };
  return manager;
}
