import type { BentoEngine } from '../../model';
import type { ServeContext, ServeRequest } from '../../target/serve-request';
import type { ContainerPlan, ImageChoice } from '../../target/containers/container-plan';
import type { EngineCode } from '../../target/engine/engine-reload';
import type { AppliedBento, ApplyOptions, Comparison, Target } from '../../target/target';
import type { BentoRecord } from '../bento-record';
import type { BentoSources } from '../bento-sources';
import type { SharedParts } from '../../shared-parts';
import type { ClusterProxy } from '../../target/kubernetes/client/cluster-proxy';
import type { EngineContext } from './engine-context';
import type { ImageNeeds } from './image-needs';

export interface EngineParts {
  readonly context: ServeContext & { readonly engines: EngineContext };
  readonly sources: BentoSources;
  readonly record: Readonly<Pick<BentoRecord, 'bento' | 'once'>>;
  readonly logFor: ServeRequest['logFor'];
  /** Called before the user is asked. */
  readonly onQuestion: () => void;
  /** Bentos in the same context share one. */
  readonly proxies: SharedParts<ClusterProxy>;
}

export interface ServedEngineParts extends EngineParts {
  /** The functions with which the bento follows saved code. */
  readonly code: EngineCode;
}

/** An engine that one bento can be served on. */
export interface OpenedEngine {
  readonly engine: BentoEngine;
  /** Finds the image of the bento's containers, or asks for it. */
  readonly image: (needs: ImageNeeds) => Promise<ImageChoice>;
  /** Asks before the bento is changed on an engine that is in production. @throws ServeError `cancelled` */
  readonly confirm: () => Promise<void>;
  /** Removes the files that describe the bento to the engine, after the engine has removed it. Never rejects. */
  readonly removeFiles: () => Promise<void>;
  readonly apply: (plan: ContainerPlan, options: ApplyOptions) => Promise<AppliedBento>;
  readonly compare: (
    plan: ContainerPlan,
    options: Pick<ApplyOptions, 'signal' | 'secrets'>,
  ) => Promise<Comparison>;
  readonly adopt: (signal: AbortSignal) => Promise<AppliedBento | undefined>;
}

/** Hides what the resources of a target are. */
export const openedEngine = <Resources>(
  engine: BentoEngine,
  target: Target<ContainerPlan, Resources>,
  own: Pick<OpenedEngine, 'image' | 'confirm' | 'removeFiles'>,
): OpenedEngine => ({
  ...{ engine, ...own },
  apply: (plan, options) => target.apply(target.resources(plan), options),
  compare: (plan, options) => target.compare(target.resources(plan), options),
  adopt: (signal) => target.adopt(signal),
});
