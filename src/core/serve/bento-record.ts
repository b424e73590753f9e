import type { ConfigDrift, OneTimeChoices } from '../bento-manager';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { ComponentLog } from '../logs/component-log';
import type { Bento, Component, Problem } from '../model';
import type { Interpreter } from '../python/interpreter';
import { idleComponent } from './bento-snapshot';
import type { RunningBento } from './running-bento';
import type { StartInProgress } from './start-in-progress';

/** What is known of one bento of the window, and what is under way with it. */
export interface BentoRecord {
  bento: DiscoveredBento;
  /** See `Bento.displayName`. */
  displayName: string;
  /** See `ServeOptions.once`. */
  once: OneTimeChoices;
  served: RunningBento | undefined;
  interpreter: Interpreter | undefined;
  problem: Problem | undefined;
  start: StartInProgress | undefined;
  readonly logs: Map<string, ComponentLog>;
  idle: readonly Component[];
  drift: ConfigDrift | undefined;
  /** How many stops have been requested, and how many of them are in progress. */
  readonly stops: { requested: number; running: number };
  snapshot: Bento | undefined;
}

export function newRecord(bento: DiscoveredBento): BentoRecord {
  return {
    bento,
    displayName: bento.name,
    once: {},
    served: undefined,
    interpreter: undefined,
    problem: undefined,
    start: undefined,
    logs: new Map(),
    drift: undefined,
    stops: { requested: 0, running: 0 },
    idle: idleComponents(bento),
    snapshot: undefined,
  };
}

/** Those that discovery tells of. */
export const idleComponents = ({ components }: DiscoveredBento): readonly Component[] =>
  components.map(({ kind, name, ...rest }) =>
    idleComponent({
      ...{ id: kind === 'http' || kind === 'grpc' ? kind : `${kind}:${name}`, kind, name },
      ...rest,
    }),
  );

/** Nothing of it is served here. */
export const isWatched = ({ addresses }: DiscoveredBento): boolean => addresses !== undefined;
