import { say } from '../../messages/message';
import type { Plan } from '../../plan/plan';
import { debuggedPlan } from '../../debug/debugged-plan';
import { debuggedContainers } from '../../target/containers/debugged-containers';
import { containerPlanOf } from '../../target/containers/container-plan-of';
import {
  bentoInImage,
  type ContainerPlan,
  type ImageChoice,
} from '../../target/containers/container-plan';
import { developmentSource } from '../../target/containers/development-source';
import type { EngineDebugStart } from '../../target/engine/debug/engine-debugger';
import { EngineBento, type PreparedBento } from '../../target/engine/engine-bento';
import { withFreePorts } from '../../target/engine/free-ports';
import type { AppliedState } from '../../target/target';
import type { Asked, LaunchContext } from '../launch-context';
import { openCompose } from './open-compose';
import { debugArchiveFor } from './debug-archive';
import { chosenCluster, openKubernetes } from './open-kubernetes';
import type { EngineParts, OpenedEngine } from './opened-engine';

export interface EngineServe {
  readonly asked: Asked;
  /** What it is served with. */
  readonly found: LaunchContext;
  readonly profile: string | undefined;
  /** Asks BentoML what it would run. */
  readonly planOf: (signal: AbortSignal) => Promise<Plan>;
}

/**
 * Makes a bento that an engine will run. Nothing is started yet.
 * @throws ServeError if there is no engine, or no image
 */
export async function engineBento(parts: EngineParts, serve: EngineServe): Promise<EngineBento> {
  const { context, logFor, code } = parts;
  const { asked, found, profile } = serve;
  const { onPhase, signal } = asked;
  const { settings, interpreter, fileVariables } = found;
  const { bento } = parts.record;
  onPhase(say('lookingForEngine'));
  const open = settings.target === 'kubernetes' ? openKubernetes : openCompose;
  const opened = await open(parts, signal);
  const image = await opened.image();
  const { asksAgain: _, ...choice } = parts.sources.targetChoice(bento);
  parts.sources.chooseTarget(bento, choice);
  const prepare = (cancel: AbortSignal): Promise<PreparedBento> =>
    prepared(parts, opened, image, serve, cancel);
  return new EngineBento({
    ...{ clock: context.clock, platform: context.platform, engine: opened.engine },
    ...{ logFor, onPhase, prepare, code },
    // The debugger may be disconnected meanwhile.
    debug: () => parts.record.once.debug,
    request: {
      ...{ bento, settings, interpreter, fileVariables },
      ...(profile === undefined ? {} : { profile }),
    },
  });
}

async function prepared(
  parts: EngineParts,
  opened: OpenedEngine,
  image: ImageChoice,
  { found, planOf }: EngineServe,
  cancel: AbortSignal,
): Promise<PreparedBento> {
  const { bento } = parts.record;
  const { settings, fileVariables } = found;
  const plan = await planOf(cancel);
  const { processEnv } = parts.context;
  const source = image.isDevelopment
    ? await developmentSource({ ...found, plan, image: image.reference, processEnv })
    : ({ kind: 'image', image: image.reference } as const);
  // `null` in `serveBento.env` removes a variable.
  const names = Object.keys({ ...fileVariables, ...parts.record.once.env }).filter(
    (name) => settings.env[name] !== null,
  );
  const containersOf = (one: Plan): ContainerPlan =>
    containerPlanOf({ plan: one, bento, settings, fileVariables: names, source });
  const containers = containersOf(plan);
  const archive = debugArchiveFor(parts, found, opened);
  return {
    ...{ plan, mountsSource: image.isDevelopment },
    apply: async ({ debug, ...options }) => {
      const debugged =
        debug &&
        debuggedContainers(
          containersOf(withRaisedLimits(plan, debug, containers.env)),
          debug.components,
          await archive.write(debug, options.signal),
        );
      const applied = await apply(
        { plan, containers: debugged ?? containers, opened },
        ...([found, parts, options] as const),
      );
      await archive.removeOthers(debug);
      return applied;
    },
    ...(source.kind === 'image' ? { remoteSource: `${bentoInImage}/src` } : {}),
    confirmDebug: opened.confirm,
  };
}

/** Time limits of the components that are not debugged are raised only if those components may be started anew. */
function withRaisedLimits(
  plan: Plan,
  { components, raisesLimits }: EngineDebugStart,
  env: ContainerPlan['env'],
): Plan {
  const raised = debuggedPlan(plan, [], env);
  if (raisesLimits) return raised;
  return {
    ...raised,
    components: plan.components.map(
      (one) =>
        (components.includes(one.id) && raised.components.find(({ id }) => id === one.id)) || one,
    ),
  };
}

/**
 * Returns the bento if it is on the engine already, served by another window or an earlier one.
 * @param serveOf finds out with what it would be served now
 */
export async function adoptedBento(
  parts: EngineParts,
  signal: AbortSignal,
  serveOf: (signal: AbortSignal) => Promise<EngineServe>,
): Promise<EngineBento | undefined> {
  const { context, sources, logFor, record, code } = parts;
  const { bento } = record;
  const settings = sources.settingsFor(bento);
  const open = settings.target === 'kubernetes' ? chosenCluster : openCompose;
  const opened = await open(parts, signal);
  const applied = await opened?.adopt(signal);
  if (opened === undefined || applied === undefined) return undefined;
  const request = { bento, settings };
  const prepare = async (cancel: AbortSignal): Promise<PreparedBento> =>
    prepared(parts, opened, await opened.image(), await serveOf(cancel), cancel);
  const { clock, platform } = context;
  const own = { clock, platform, engine: opened.engine, request, logFor, prepare, code };
  return new EngineBento({ ...own, onPhase: () => undefined }, applied);
}

interface Applicable {
  readonly plan: Plan;
  readonly containers: ContainerPlan;
  readonly opened: OpenedEngine;
}

async function apply(
  { plan, containers, opened }: Applicable,
  { bento, settings, env, fileVariables }: LaunchContext,
  { context, record }: EngineParts,
  options: Parameters<PreparedBento['apply']>[0],
): ReturnType<PreparedBento['apply']> {
  const planned = await withFreePorts(containers, {
    ...{ bento: bento.id, settings, plan, kept: context.stickyPorts },
    running: await currentState(opened, options.signal),
    isForced: record.once.freePorts === true,
  });
  const names = containers.secretVariables;
  const secrets = Object.fromEntries(names.map((name) => [name, env[name] ?? '']));
  return opened.apply(planned, {
    ...options,
    secrets: { ...fileVariables, ...record.once.env, ...secrets },
  });
}

/** Returns the bento as it runs now; undefined if it does not run. */
async function currentState(
  opened: OpenedEngine,
  signal: AbortSignal,
): Promise<AppliedState | undefined> {
  const running = await opened.adopt(signal);
  running?.dispose();
  return running?.state;
}
