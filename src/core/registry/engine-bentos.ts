import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import { say } from '../messages/message';
import type { Plan } from '../plan/plan';
import { findCompose } from '../target/compose/client/find-compose';
import { localImage, pinImage, type ImageRequest } from '../target/compose/client/pin-image';
import { projectName, type ComposeResources } from '../target/compose/compose-resources';
import { ComposeTarget } from '../target/compose/compose-target';
import type { ContainerPlan, ImageChoice } from '../target/containers/container-plan';
import { containerPlanOf } from '../target/containers/container-plan-of';
import { developmentSource } from '../target/containers/development-source';
import { EngineBento, type PreparedBento } from '../target/engine/engine-bento';
import { withFreePorts } from '../target/engine/free-ports';
import type { ServeContext, ServeRequest } from '../target/serve-request';
import type { AppliedState, Target } from '../target/target';
import type { BentoRecord } from './bento-record';
import type { BentoSources } from './bento-sources';
import type { EngineContext } from './engine-context';
import type { Asked, LaunchContext } from './launch-context';

export interface EngineBentosParts {
  readonly context: ServeContext & { readonly engines: EngineContext };
  readonly sources: BentoSources;
  readonly record: Readonly<Pick<BentoRecord, 'bento' | 'once'>>;
  readonly logFor: ServeRequest['logFor'];
}

export interface EngineServe {
  readonly asked: Asked;
  /** What it is served with. */
  readonly found: LaunchContext;
  readonly profile: string | undefined;
  /** Asks BentoML what it would run. */
  readonly planOf: (signal: AbortSignal) => Promise<Plan>;
}

const engine = { kind: 'compose' } as const;

/**
 * Makes a bento that Docker Compose will run. Nothing is started yet.
 * @throws ServeError if there is no engine, or no image
 */
export async function engineBento(
  parts: EngineBentosParts,
  { asked, found, profile, planOf }: EngineServe,
): Promise<EngineBento> {
  const { context, logFor } = parts;
  const { onPhase, signal } = asked;
  const { settings, interpreter, fileVariables } = found;
  const { bento } = parts.record;
  onPhase(say('lookingForEngine'));
  const { target, images } = await composeTarget(parts, signal);
  const image = await imageOf(parts, images);
  const prepare = async (cancel: AbortSignal): Promise<PreparedBento> => {
    const plan = await planOf(cancel);
    const source = image.isDevelopment
      ? await developmentSource({
          ...found,
          plan,
          image: image.reference,
          processEnv: context.processEnv,
        })
      : ({ kind: 'image', image: image.reference } as const);
    const names = Object.keys(fileVariables);
    const containers = containerPlanOf({ plan, bento, settings, fileVariables: names, source });
    return applicable({ plan, containers, target }, found, parts);
  };
  return new EngineBento({
    ...{ clock: context.clock, engine, logFor, onPhase, prepare },
    request: {
      ...{ bento, settings, interpreter, fileVariables },
      ...(profile === undefined ? {} : { profile }),
    },
  });
}

/** Returns the bento if it is on the engine already, served by another window or an earlier one. */
export async function adoptedBento(
  parts: EngineBentosParts,
  signal: AbortSignal,
): Promise<EngineBento | undefined> {
  const { context, sources, logFor, record } = parts;
  const { bento } = record;
  const { target } = await composeTarget(parts, signal);
  const applied = await target.adopt(signal);
  if (applied === undefined) return undefined;
  const request = { bento, settings: sources.settingsFor(bento) };
  // It is started only once, which has happened.
  const prepare = (): Promise<never> => Promise.reject(new Error('it is served already'));
  const own = { clock: context.clock, engine, request, logFor, prepare };
  return new EngineBento({ ...own, onPhase: () => undefined }, applied);
}

interface Applicable {
  readonly plan: Plan;
  readonly containers: ContainerPlan;
  readonly target: Target<ContainerPlan, ComposeResources>;
}

function applicable(
  { plan, containers, target }: Applicable,
  { bento, settings, env }: LaunchContext,
  { context, record }: EngineBentosParts,
): PreparedBento {
  const secrets = Object.fromEntries(
    containers.secretVariables.map((name) => [name, env[name] ?? '']),
  );
  return {
    plan,
    apply: async (options) => {
      const planned = await withFreePorts(containers, {
        ...{ bento: bento.id, settings, plan, kept: context.stickyPorts },
        running: await currentState(target, options.signal),
        isForced: record.once.freePorts === true,
      });
      return target.apply(target.resources(planned), { ...options, secrets });
    },
  };
}

/** Returns the bento as it runs now; undefined if it does not run. */
async function currentState(
  target: Applicable['target'],
  signal: AbortSignal,
): Promise<AppliedState | undefined> {
  const running = await target.adopt(signal);
  running?.dispose();
  return running?.state;
}

async function composeTarget(
  { context, record }: EngineBentosParts,
  signal: AbortSignal,
): Promise<{ readonly target: ComposeTarget; readonly images: ImageRequest }> {
  const { clock, engines, platform, processEnv: env } = context;
  const { folder, id } = record.bento;
  const owner = { bento: id, folder };
  const run = engines.run();
  await mkdir(engines.folder, { recursive: true, mode: 0o700 });
  const cwd = engines.folder;
  const program = await findCompose({ run, env, platform, cwd, signal });
  const own = path.join(cwd, projectName(owner));
  return {
    target: new ComposeTarget({ run, clock, program, env, owner, folder: own }),
    images: { run, program, env, cwd, signal },
  };
}

/** Finds the image of a built bento by its tag. Asks once for any other. */
async function imageOf(
  { context, sources, record }: EngineBentosParts,
  images: ImageRequest,
): Promise<ImageChoice> {
  const { bento } = record;
  const choice = sources.targetChoice(bento);
  if (choice.image !== undefined) return choice.image;
  const built = imageTag(bento);
  const found = built === undefined ? undefined : await localImage(built, images);
  if (found !== undefined) return { reference: found, isDevelopment: false };
  const asked = await context.engines.askForImage(bento);
  const image = { ...asked, reference: await pinImage(asked.reference, images) };
  sources.chooseTarget(bento, { ...choice, image });
  return image;
}

/** The tag that BentoML's containerize gives the image of a built bento: the one of the bento. */
const imageTag = ({ source, reference }: DiscoveredBento): string | undefined =>
  source === 'store' ? reference : undefined;
