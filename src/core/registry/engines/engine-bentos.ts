import type { LeftoverDeployment } from '../../bento-manager';
import type { DiscoveredBento } from '../../discovery/discovered-bento';
import { say, type Message } from '../../messages/message';
import type { BentoEngine } from '../../model';
import type { Plan } from '../../plan/plan';
import { debuggedPlan } from '../../debug/debugged-plan';
import { problemOf } from '../../problem';
import { withTimeout } from '../../with-timeout';
import { projectName } from '../../target/compose/compose-resources';
import { debuggedContainers } from '../../target/containers/debugged-containers';
import { toContainerPlan } from '../../target/containers/to-container-plan';
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
import type { LaunchContext } from '../launch-context';
import { openCompose } from './open-compose';
import { debugArchiveFor } from './debug-archive';
import type { EngineServe } from './engine-serve';
import { chosenCluster, openKubernetes } from './open-kubernetes';
import { servedImage } from './served-image';
import type { EngineParts, OpenedEngine, ServedEngineParts } from './opened-engine';

/** The time limit for finding out whether a failed start has left anything. */
const lookLimitMs = 10_000;

/**
 * Makes a bento that an engine will run. Nothing is started yet.
 * @throws ServeError if there is no engine, or no image
 */
export async function engineBento(
  parts: ServedEngineParts,
  serve: EngineServe,
): Promise<EngineBento> {
  const { context, logFor, code } = parts;
  const { asked, found, profile } = serve;
  const { onPhase, signal } = asked;
  const { settings, interpreter, fileVariables } = found;
  const { bento } = parts.record;
  onPhase(say('lookingForEngine'));
  const open = settings.target === 'kubernetes' ? openKubernetes : openCompose;
  const opened = await open(parts, signal);
  const image = await opened.image({ found, onPhase, signal });
  const { asksAgain: _, ...choice } = parts.sources.targetChoice(bento);
  parts.sources.chooseTarget(bento, choice);
  const prepare = (cancel: AbortSignal): Promise<PreparedBento> =>
    prepared(parts, opened, image, serve, cancel);
  return new EngineBento({
    ...{ clock: context.clock, platform: context.platform, engine: opened.engine },
    ...{ logFor, onPhase, prepare, code },
    removeFiles: (debug) => removeFiles(parts, opened, debug),
    // The debugger may be disconnected meanwhile.
    debug: () => parts.record.once.debug,
    request: {
      ...{ bento, settings, interpreter, fileVariables },
      ...(profile === undefined ? {} : { profile }),
    },
  });
}

/** Plans the containers of a bento. */
export async function containersOf(
  plan: Plan,
  image: ImageChoice,
  found: LaunchContext,
  { context: { processEnv }, record }: Pick<EngineParts, 'context' | 'record'>,
): Promise<ContainerPlan> {
  const { bento, settings, fileVariables } = found;
  const source = image.isDevelopment
    ? await developmentSource({ ...found, plan, image: image.reference, processEnv })
    : ({ kind: 'image', image: image.reference } as const);
  // `null` in `serveBento.env` removes a variable.
  const names = Object.keys({ ...fileVariables, ...record.once.env }).filter(
    (name) => settings.env[name] !== null,
  );
  return toContainerPlan({ plan, bento, settings, fileVariables: names, source });
}

async function prepared(
  parts: EngineParts,
  opened: OpenedEngine,
  image: ImageChoice,
  { found, planOf }: EngineServe,
  cancel: AbortSignal,
): Promise<PreparedBento> {
  const plan = await planOf(cancel);
  const containers = await containersOf(plan, image, found, parts);
  const archives = debugArchiveFor(parts, opened);
  // Containers mount the file. Pods get it in a Secret.
  const isMounted = opened.engine.kind === 'compose';
  return {
    ...{ plan, mountsSource: image.isDevelopment },
    apply: async ({ debug, ...options }) => {
      try {
        const debugged =
          debug &&
          debuggedContainers(
            await containersOf(withRaisedLimits(plan, debug, containers.env), image, found, parts),
            debug.components,
            await archives.write(debug, found, options.signal),
          );
        const applied = await apply(
          { plan, containers: debugged ?? containers, opened },
          ...([found, parts, options] as const),
        );
        await archives.removeOthers(isMounted ? debug : undefined);
        return applied;
      } catch (error) {
        const isUnused = debug !== undefined && (!isMounted || (await isGone(opened, parts)));
        if (isUnused) await archives.removeOthers();
        throw error;
      }
    },
    ...(image.isDevelopment ? {} : { remoteSource: `${bentoInImage}/src` }),
    confirmDebug: opened.confirm,
  };
}

/** See `EngineBentoParts.removeFiles`. */
async function removeFiles(
  parts: EngineParts,
  opened: OpenedEngine,
  debug: EngineDebugStart | undefined,
): Promise<void> {
  const archives = debugArchiveFor(parts, opened);
  if (debug !== undefined) {
    await archives.remove(debug);
    return;
  }
  await archives.removeOthers();
  await opened.removeFiles();
}

/** Whether the engine has no containers of the bento. */
async function isGone(opened: OpenedEngine, { context }: EngineParts): Promise<boolean> {
  const end = new AbortController();
  const isFound = currentState(opened, end.signal).then(
    (state) => state !== undefined,
    () => true,
  );
  const answer = await withTimeout(context.clock, lookLimitMs, isFound);
  end.abort();
  return answer === false;
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
 * Returns the bento if it is on an engine already, served by another window or an earlier one.
 * @param serveOf finds out with what it would be served now
 * @param engine where to look. Default: its target
 */
export async function adoptedBento(
  parts: ServedEngineParts,
  signal: AbortSignal,
  serveOf: (signal: AbortSignal) => Promise<EngineServe>,
  engine?: BentoEngine,
): Promise<EngineBento | undefined> {
  const { context, sources, logFor, record, code } = parts;
  const { bento } = record;
  const settings = sources.settingsFor(bento);
  const opened = await openToLook(parts, signal, engine);
  const applied = await opened?.adopt(signal);
  if (opened === undefined) return undefined;
  if (applied === undefined) {
    await debugArchiveFor(parts, opened).removeOld();
    return undefined;
  }
  const request = { bento, settings };
  const prepare = async (cancel: AbortSignal): Promise<PreparedBento> => {
    const serve = await serveOf(cancel);
    return prepared(parts, opened, await servedImage(parts, opened, serve), serve, cancel);
  };
  const { clock, platform } = context;
  const own = { clock, platform, engine: opened.engine, request, logFor, prepare, code };
  return new EngineBento(
    {
      ...{ ...own, onPhase: () => undefined },
      removeFiles: (debug) => removeFiles(parts, opened, debug),
    },
    applied,
  );
}

/** Returns what is left of a bento on an engine, or may be if the engine does not answer. Undefined: nothing. */
export async function leftoverDeployment(
  parts: EngineParts,
  engine: BentoEngine,
  signal: AbortSignal,
): Promise<LeftoverDeployment | undefined> {
  const { bento } = parts.record;
  try {
    const opened = await openToLook(parts, signal, engine);
    const applied = await opened?.adopt(signal);
    if (applied === undefined) return undefined;
    applied.dispose();
    return { engine, isFound: true, message: leftMessage(bento, engine, true) };
  } catch (error) {
    const { message } = problemOf(error);
    parts.context.log.info(`${bento.name}: could not check whether it still runs: ${message}`);
    return { engine, isFound: false, message: leftMessage(bento, engine, false) };
  }
}

function openToLook(
  parts: EngineParts,
  signal: AbortSignal,
  engine: BentoEngine | undefined,
): Promise<OpenedEngine | undefined> {
  const kind = engine?.kind ?? parts.sources.settingsFor(parts.record.bento).target;
  if (kind !== 'kubernetes') return openCompose(parts, signal);
  const { context, namespace } = engine ?? {};
  const isNamed = context !== undefined && namespace !== undefined;
  return chosenCluster(parts, signal, isNamed ? { context, namespace } : undefined);
}

function leftMessage(bento: DiscoveredBento, engine: BentoEngine, isFound: boolean): Message {
  const { context = '', namespace = '' } = engine;
  const { name, folder, id } = bento;
  if (engine.kind === 'kubernetes') {
    return say(isFound ? 'leftOnKubernetes' : 'maybeLeftOnKubernetes', {
      ...{ bento: name, context, namespace },
    });
  }
  const project = projectName({ bento: id, folder });
  return say(isFound ? 'leftOnCompose' : 'maybeLeftOnCompose', { bento: name, project });
}

export interface Applicable {
  readonly plan: Plan;
  readonly containers: ContainerPlan;
  readonly opened: OpenedEngine;
}

async function apply(
  applicable: Applicable,
  found: LaunchContext,
  parts: EngineParts,
  options: Parameters<PreparedBento['apply']>[0],
): ReturnType<PreparedBento['apply']> {
  const planned = await withPorts(applicable, found, parts, options.signal);
  const secrets = secretsOf(applicable, found, parts);
  return applicable.opened.apply(planned, { ...options, secrets });
}

/** Gives servers their ports of this machine. */
export async function withPorts(
  { plan, containers, opened }: Applicable,
  { bento, settings }: LaunchContext,
  { context, record }: EngineParts,
  signal: AbortSignal,
): Promise<ContainerPlan> {
  return withFreePorts(containers, {
    ...{ bento: bento.id, settings, plan, kept: context.stickyPorts },
    running: await currentState(opened, signal),
    isForced: record.once.freePorts === true,
  });
}

/** Returns the values of the variables that are in no file. */
export function secretsOf(
  { containers }: Applicable,
  { env, fileVariables }: LaunchContext,
  { record }: EngineParts,
): Readonly<Record<string, string>> {
  const names = containers.secretVariables;
  const secrets = Object.fromEntries(names.map((name) => [name, env[name] ?? '']));
  return { ...fileVariables, ...record.once.env, ...secrets };
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
