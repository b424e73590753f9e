import type { ComponentDetails, ConfigDrift, OneTimeChoices } from '../bento-manager';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import { KeyedMemo } from '../keyed-memo';
import type { Component, Problem } from '../model';
import type { Interpreter } from '../interpreter/interpreter';
import type { AppliedState } from '../target/target';
import { ComponentLogs } from './component-logs';
import { idleComponent } from './idle-component';
import type { RunningBento } from '../target/running-bento';
import type { StartInProgress } from './start-in-progress';

/** The state of one bento. Its `ServeSession` is the only writer. */
export interface BentoRecord {
  bento: DiscoveredBento;
  /** See `Bento.displayName`. */
  displayName: string;
  /** See `ServeOptions.once`. */
  once: OneTimeChoices;
  served: RunningBento | undefined;
  interpreter: Interpreter | undefined;
  /** Why the newest attempt to serve it failed, or why it ended by itself. */
  problem: Problem | undefined;
  /** Present if it may run on its engine, which does not answer. */
  unknown: AppliedState['unknown'];
  start: StartInProgress | undefined;
  readonly logs: ComponentLogs;
  /** The last details of each component. */
  readonly details: KeyedMemo<string, ComponentDetails>;
  /** Its components while it is not served. */
  idle: readonly Component[];
  drift: ConfigDrift | undefined;
}

export function newRecord(bento: DiscoveredBento): BentoRecord {
  return {
    bento,
    displayName: bento.name,
    once: {},
    served: undefined,
    interpreter: undefined,
    problem: undefined,
    unknown: undefined,
    start: undefined,
    logs: new ComponentLogs(),
    details: new KeyedMemo(),
    drift: undefined,
    idle: idleComponents(bento),
  };
}

/** The components that discovery reports. */
export const idleComponents = ({ components }: DiscoveredBento): readonly Component[] =>
  components.map(({ kind, name, ...rest }) =>
    idleComponent({
      ...{ id: kind === 'http' || kind === 'grpc' ? kind : `${kind}:${name}`, kind, name },
      ...rest,
    }),
  );

/** It runs elsewhere: nothing of it is started here. */
export const isWatched = ({ addresses }: DiscoveredBento): boolean => addresses !== undefined;
