import { availableParallelism } from 'node:os';
import { forLog } from '../../../log';
import { say } from '../../../messages/message';
import type { DiscoveredBento } from '../../../discovery/discovered-bento';
import type { Generation } from '../../../model';
import type { Retry } from '../../../plan/import-failure';
import { importedFrom } from '../../../plan/import-root';
import type { Plan } from '../../../plan/plan';
import { missingParameter } from '../../../plan/missing-parameter';
import { lastingVariables } from '../../../plan/session-variables';
import { secretUses } from '../../../settings/secrets';
import { planRequest } from '../../../plan/plan-request';
import { refuseForeignAddresses } from '../ports/own-address';
import { PortAllocator } from '../ports/port-allocator';
import { ServeError } from '../../../problem';
import { untilAborted } from '../../../until-aborted';
import { withTimeout } from '../../../with-timeout';
import { assemble } from './assemble';
import type { AssembledComponent, AssembleRequest } from './assembled-component';
import { assertApart, configuredPorts } from './lease-addresses';
import { makePlan } from './planner';
import { localExposures, requestedExposures } from '../../../exposure/exposure';
import { askOnce, type ForwardedHosts } from '../../../exposure/host-check';
import type { ServeParts } from '../serve-parts';
import type { ServedTls } from './served-tls';
import type { ServeRuntime } from '../serve-runtime';

export interface PreparationParts extends ServeParts {
  readonly base: ServeRuntime;
  /** Of the servers that have it, by their ids. */
  readonly tls: ReadonlyMap<string, ServedTls>;
  /** See `AssembleRequest`. */
  readonly debugging?: AssembleRequest['debugging'];
}

const inWords: Readonly<Record<Generation, string>> = {
  service: 'class services',
  legacy: 'services with runners',
};

/** How BentoML is asked for a plan; see `PlannerRequest`. */
interface HowToAsk {
  readonly deployment: boolean;
  readonly group: string;
  /** Default: where there is a fork server to fork it. */
  readonly fork?: boolean;
  /** Default: by serving again. */
  readonly retry?: Retry;
}

/** Returns the values of secrets and of env files. Values of env files that are too short to be secret are left out. */
function secretValues({ settings, env, fileVariables }: ServeParts['request']): readonly string[] {
  const ofSecrets = secretUses(settings.env).flatMap(({ variable }) => env[variable] ?? []);
  const ofFiles = Object.values(fileVariables).filter(({ length }) => length >= shortestSecret);
  return [...ofSecrets, ...ofFiles].filter((value) => value !== '');
}

const shortestSecret = 6;

/** What is known and held before anything of a bento runs: its plan and its leases. */
export class Preparation {
  readonly allocator: PortAllocator;
  readonly #parts: PreparationParts;
  /** With the folder that it can be imported from. */
  #bento: DiscoveredBento;
  readonly #forwardedHosts: ForwardedHosts;

  constructor(parts: PreparationParts) {
    this.#parts = parts;
    const { context, request, base } = parts;
    this.#bento = request.bento;
    this.#forwardedHosts = askOnce(context);
    this.allocator = new PortAllocator(
      request.bento.id,
      base.helper,
      context.stickyPorts,
      request.freePorts,
    );
  }

  /** Of this serve: one that was kept, or what BentoML says. */
  async plan(cancel: AbortSignal): Promise<Plan> {
    const { bento } = this.#parts.request;
    const plan = await this.#planBy({ deployment: true, group: 'plan' }, cancel);
    this.#bento = importedFrom(bento, plan.workingDir) ?? bento;
    return plan;
  }

  /**
   * Plans a serve with the helper of the bento that is served now: the plan is kept for the serve itself. What
   * `bentoml serve` does once before its workers is left to that one. Where it would listen is confirmed and free.
   * @param fork the fork server is the one of this bento.
   * @param ownPorts those of the bento that is served now.
   */
  async check(fork: boolean, ownPorts: readonly number[], cancel: AbortSignal): Promise<void> {
    const { context, request, launcher } = this.#parts;
    const { settings } = request;
    const plan = await this.#planBy({ deployment: false, group: 'check', fork }, cancel);
    await untilAborted(cancel, this.#confirmExposures(plan));
    const { platform } = context;
    for (const port of configuredPorts({ plan, settings, launcher, platform })) {
      cancel.throwIfAborted();
      await this.allocator.check(port, ownPorts);
    }
  }

  /**
   * Plans the present code. The steps that `bentoml serve` runs once before its workers are not run again.
   * @param before the plan that is served, if it is known
   */
  async replan(
    before: Plan | undefined,
    cancel: AbortSignal,
    retry: Retry = 'save',
  ): Promise<Plan> {
    const how: HowToAsk = { deployment: false, group: 'plan', retry };
    if (before === undefined) return this.#askWhereItCanBeImported(how, cancel);
    const plan = await this.#ask(this.#bento, how, cancel);
    await this.#parts.context.planCache.renew(before, plan);
    return plan;
  }

  async assemble(plan: Plan, cancel: AbortSignal): Promise<readonly AssembledComponent[]> {
    const { context, request, launcher, base, tls, debugging } = this.#parts;
    const { settings, env, onPhase } = request;
    // A stop does not wait for an answer.
    await untilAborted(cancel, this.#confirmExposures(plan));
    const fork = (await this.#fits(plan)) && (await this.#canFork(cancel));
    onPhase(say('reservingPorts'));
    const components = await assemble({
      plan,
      bento: this.#bento,
      settings,
      env,
      directory: base.directory,
      platform: context.platform,
      helper: base.helper,
      launcher,
      allocator: this.allocator,
      tls,
      forwardedHosts: this.#forwardedHosts,
      ...(debugging && { debugging }),
      fork,
      cancel,
    });
    cancel.throwIfAborted();
    return components;
  }

  /** Asks about the addresses that only the plan knows. @throws ServeError `cancelled` */
  async #confirmExposures(plan: Plan): Promise<void> {
    const { context, request, launcher } = this.#parts;
    const { bento, settings } = request;
    const exposed = [
      ...requestedExposures(settings, plan),
      ...localExposures(settings, plan, launcher),
    ];
    // Nobody is asked about what is refused anyway.
    assertApart({ settings, plan, launcher });
    await refuseForeignAddresses(exposed);
    await context.confirmExposures(bento, exposed, plan.bentomlVersion);
  }

  /** The fork server has what this plan's workers import; it was started before BentoML could say what they are. */
  async #fits(plan: Plan): Promise<boolean> {
    const { context, base } = this.#parts;
    if (plan.generation === base.stack) return true;
    const why =
      base.stack === undefined
        ? await base.forkServer
        : forLog(
            `the fork server has imported what ${inWords[base.stack]} need, and these are ${inWords[plan.generation]}`,
          );
    context.log.info(`Workers are started, not forked: ${String(why?.inLog)}`);
    return false;
  }

  async #planBy(how: HowToAsk, cancel: AbortSignal): Promise<Plan> {
    const { context, request } = this.#parts;
    const { bento, settings, interpreter, env, onPhase } = request;
    const missing = missingParameter(settings, interpreter.bentomlVersion);
    if (missing !== undefined) throw new ServeError(missing);
    const asked = planRequest(settings, bento);
    const ask = async (): Promise<Plan> => {
      if (how.fork !== false && settings.preload.length > 0) {
        onPhase(say('importingPreload'));
        await this.#canFork(cancel);
      }
      onPhase(say('importingService'));
      return this.#askWhereItCanBeImported(how, cancel);
    };
    const lasting = {
      asked: [availableParallelism(), interpreter, lastingVariables(env), asked],
      secrets: secretValues(request),
    };
    return context.planCache.planFor([interpreter, env, asked], ask, lasting);
  }

  /** Where a module that it imports is found only in a folder above, it is imported from there. */
  async #askWhereItCanBeImported(how: HowToAsk, cancel: AbortSignal): Promise<Plan> {
    const { bento } = this.#parts.request;
    try {
      return await this.#ask(bento, how, cancel);
    } catch (error) {
      const folder = error instanceof ServeError ? error.problem.moduleFolder : undefined;
      const other = folder === undefined ? undefined : importedFrom(bento, folder);
      if (other === undefined) throw error;
      this.#parts.context.log.info(`${bento.name}: importing ${other.reference} in ${folder}`);
      return await this.#ask(other, how, cancel).catch((second: unknown) => {
        // From there, what is beside it is missing: neither folder has everything.
        const isNoBetter =
          second instanceof ServeError && second.problem.moduleFolder !== undefined;
        throw isNoBetter ? error : second;
      });
    }
  }

  #ask(bento: DiscoveredBento, how: HowToAsk, cancel: AbortSignal): Promise<Plan> {
    const { context, request, base } = this.#parts;
    const { settings, interpreter, env } = request;
    const { scripts, log, clock } = context;
    const { deployment, group, fork = true, retry = 'serve' } = how;
    const { reference, workingDir } = bento;
    return makePlan({
      ...{ bento, settings, interpreter, env, scripts, log, clock, cancel, deployment, retry },
      causes: { ...this.#parts.causes, reference, workingDir },
      group,
      helper: base.helper,
      fork: fork ? this.#canForkPlanner(cancel) : Promise.resolve(false),
    });
  }

  /** Waits for the fork server, which is faster than to start without it. */
  #canFork(cancel: AbortSignal): Promise<boolean> {
    const isReady = this.#parts.base.forkServer.then((why) => why === undefined);
    return this.#isForkableInTime(isReady, cancel);
  }

  /** The planner is forked while the fork server still imports what only workers need, but after the modules to preload. */
  #canForkPlanner(cancel: AbortSignal): Promise<boolean> {
    const { base, request } = this.#parts;
    if (request.settings.preload.length > 0) return this.#canFork(cancel);
    return this.#isForkableInTime(base.canPlan, cancel);
  }

  async #isForkableInTime(ready: Promise<boolean>, cancel: AbortSignal): Promise<boolean> {
    const { context, request, base } = this.#parts;
    const limitMs = request.settings.startTimeout * 1000;
    const isReady = await untilAborted(cancel, withTimeout(context.clock, limitMs, ready));
    return isReady === true && base.forkServerLost() === undefined;
  }
}
