import { say } from '../../messages/message';
import type { Plan } from '../../plan/plan';
import { containerPlanOf } from '../../target/containers/container-plan-of';
import type { ContainerPlan } from '../../target/containers/container-plan';
import { developmentSource } from '../../target/containers/development-source';
import { EngineBento, type PreparedBento } from '../../target/engine/engine-bento';
import { withFreePorts } from '../../target/engine/free-ports';
import type { AppliedState } from '../../target/target';
import type { Asked, LaunchContext } from '../launch-context';
import { openCompose } from './open-compose';
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
export async function engineBento(
  parts: EngineParts,
  { asked, found, profile, planOf }: EngineServe,
): Promise<EngineBento> {
  const { context, logFor, code } = parts;
  const { onPhase, signal } = asked;
  const { settings, interpreter, fileVariables } = found;
  const { bento } = parts.record;
  onPhase(say('lookingForEngine'));
  const open = settings.target === 'kubernetes' ? openKubernetes : openCompose;
  const opened = await open(parts, signal);
  const image = await opened.image({ found, onPhase, signal });
  const { asksAgain: _, ...choice } = parts.sources.targetChoice(bento);
  parts.sources.chooseTarget(bento, choice);
  const prepare = async (cancel: AbortSignal): Promise<PreparedBento> => {
    const plan = await planOf(cancel);
    const { processEnv } = context;
    const source = image.isDevelopment
      ? await developmentSource({ ...found, plan, image: image.reference, processEnv })
      : ({ kind: 'image', image: image.reference } as const);
    // `null` in `serveBento.env` removes a variable.
    const names = Object.keys({ ...fileVariables, ...parts.record.once.env }).filter(
      (name) => settings.env[name] !== null,
    );
    const containers = containerPlanOf({ plan, bento, settings, fileVariables: names, source });
    return {
      ...{ plan, mountsSource: image.isDevelopment },
      apply: (options) => apply({ plan, containers, opened }, found, parts, options),
    };
  };
  return new EngineBento({
    ...{ clock: context.clock, engine: opened.engine, logFor, onPhase, prepare, code },
    request: {
      ...{ bento, settings, interpreter, fileVariables },
      ...(profile === undefined ? {} : { profile }),
    },
  });
}

/** Returns the bento if it is on the engine already, served by another window or an earlier one. */
export async function adoptedBento(
  parts: EngineParts,
  signal: AbortSignal,
): Promise<EngineBento | undefined> {
  const { context, sources, logFor, record, code } = parts;
  const { bento } = record;
  const settings = sources.settingsFor(bento);
  const open = settings.target === 'kubernetes' ? chosenCluster : openCompose;
  const opened = await open(parts, signal);
  const applied = await opened?.adopt(signal);
  if (opened === undefined || applied === undefined) return undefined;
  const request = { bento, settings };
  // It is started only once, which has happened.
  const prepare = (): Promise<never> => Promise.reject(new Error('it is served already'));
  const own = { clock: context.clock, engine: opened.engine, request, logFor, prepare, code };
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
