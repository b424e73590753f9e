import type { BentoRemark } from '../bento-manager';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { ComponentLog } from '../logs/component-log';
import type { Bento, Component, Problem } from '../model';
import type { Interpreter } from '../python/interpreter';
import { idleComponent } from './bento-snapshot';
import type { RunningBento } from './running-bento';

/** What is known of one bento of the window, and what is under way with it. */
export interface BentoRecord {
  bento: DiscoveredBento;
  /** See `Bento.displayName`. */
  displayName: string;
  served: RunningBento | undefined;
  interpreter: Interpreter | undefined;
  problem: Problem | undefined;
  /** The serve that is under way, for those who ask for the same. */
  serving: Promise<Bento> | undefined;
  cancelServing: AbortController | undefined;
  readonly phases: Set<(phase: string) => void>;
  readonly logs: Map<string, ComponentLog>;
  idle: readonly Component[];
  remark: BentoRemark | undefined;
  /** How often a stop was asked for. */
  stops: number;
  snapshot: Bento | undefined;
}

export function newRecord(bento: DiscoveredBento): BentoRecord {
  return {
    bento,
    displayName: bento.name,
    served: undefined,
    interpreter: undefined,
    problem: undefined,
    serving: undefined,
    cancelServing: undefined,
    phases: new Set(),
    logs: new Map(),
    remark: undefined,
    stops: 0,
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
