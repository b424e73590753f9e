import type { CauseContext } from '../causes/known-causes';
import type { Generation } from '../model';
import type { Plan } from '../plan/plan';
import { missingParameter } from '../plan/missing-parameter';
import { planRequest } from '../plan/plan-request';
import { PortLessor } from '../ports/port-lessor';
import { ServeError } from '../problem';
import { untilAborted } from '../until-aborted';
import { within } from '../within';
import { assemble, type AssembledComponent } from './assemble';
import type { Launcher } from './launcher';
import { makePlan } from './planner';
import { reachableByOthers } from './exposure';
import { requestedHosts } from './listen-address';
import type { ServeContext, ServeRequest } from './serve-request';
import type { ServedTls } from './served-tls';
import type { ServingBase } from './serving-base';

export interface PreparationParts {
  readonly context: ServeContext;
  readonly request: ServeRequest;
  readonly launcher: Launcher;
  readonly causes: CauseContext;
  readonly base: ServingBase;
  /** Of the servers that have it, by their ids. */
  readonly tls: ReadonlyMap<string, ServedTls>;
}

const inWords: Readonly<Record<Generation, string>> = {
  service: 'class services',
  legacy: 'services with runners',
};

/** What is known and held before anything of a bento runs: its plan and its leases. */
export class Preparation {
  readonly lessor: PortLessor;
  readonly #parts: PreparationParts;

  constructor(parts: PreparationParts) {
    this.#parts = parts;
    const { context, request, base } = parts;
    this.lessor = new PortLessor(request.bento.id, base.helper, context.keptPorts);
  }

  /** Of this serve: one that was kept, or what BentoML says. */
  plan(cancel: AbortSignal): Promise<Plan> {
    return this.#planBy(() => this.#ask({ deployment: true, group: 'plan' }, cancel));
  }

  /**
   * Plans a serve with the helper of the bento that is served now: the plan is kept for the serve itself. What
   * `bentoml serve` does once before its workers is left to that one. `fork`: the template is the one of this bento.
   */
  async check(fork: boolean, cancel: AbortSignal): Promise<void> {
    await this.#planBy(() => this.#ask({ deployment: false, group: 'check', fork }, cancel));
  }

  /** Of the code as it is now. What `bentoml serve` does once before its workers is not done again. */
  async planAnew(before: Plan, cancel: AbortSignal): Promise<Plan> {
    const plan = await this.#ask({ deployment: false, group: 'plan' }, cancel);
    await this.#parts.context.keptPlans.renew(before, plan);
    return plan;
  }

  async assemble(plan: Plan, cancel: AbortSignal): Promise<readonly AssembledComponent[]> {
    const { context, request, launcher, base, tls } = this.#parts;
    const { bento, settings, env, onPhase } = request;
    const hosts = reachableByOthers(requestedHosts(settings, plan));
    await context.confirmExposure(bento.name, hosts, plan.bentomlVersion);
    cancel.throwIfAborted();
    onPhase('reserving ports');
    const components = await assemble({
      plan,
      bento,
      settings,
      env,
      directory: base.directory,
      platform: context.platform,
      helper: base.helper,
      launcher,
      lessor: this.lessor,
      tls,
      fork: (await this.#fits(plan)) && (await this.#canFork(cancel)),
    });
    cancel.throwIfAborted();
    return components;
  }

  /** The template has what this plan's workers import; it was started before BentoML could say what they are. */
  async #fits(plan: Plan): Promise<boolean> {
    const { context, base } = this.#parts;
    if (plan.generation === base.stack) return true;
    const why =
      base.stack === undefined
        ? await base.template
        : `the template has imported what ${inWords[base.stack]} need, and these are ${inWords[plan.generation]}`;
    context.log.info(`Workers are started, not forked: ${String(why)}`);
    return false;
  }

  async #planBy(ask: () => Promise<Plan>): Promise<Plan> {
    const { context, request } = this.#parts;
    const { bento, settings, interpreter, env, onPhase } = request;
    const missing = missingParameter(settings, interpreter.bentomlVersion);
    if (missing !== undefined) throw new ServeError(missing);
    return context.keptPlans.planFor([interpreter, env, planRequest(settings, bento)], () => {
      onPhase('importing the service');
      return ask();
    });
  }

  #ask(
    how: { readonly deployment: boolean; readonly group: string; readonly fork?: boolean },
    cancel: AbortSignal,
  ): Promise<Plan> {
    const { context, request, causes, base } = this.#parts;
    const { bento, settings, interpreter, env } = request;
    const { scripts, log, clock } = context;
    const { deployment, group, fork = true } = how;
    return makePlan({
      ...{ bento, settings, interpreter, env, scripts, causes, log, clock, cancel, deployment },
      group,
      helper: base.helper,
      fork: fork ? this.#canFork(cancel) : Promise.resolve(false),
    });
  }

  /** Waits for the template, which is faster than to start without it. */
  async #canFork(cancel: AbortSignal): Promise<boolean> {
    const { context, request, base } = this.#parts;
    const limitMs = request.settings.startTimeout * 1000;
    const fit = base.template.then((why) => why === undefined);
    return (await untilAborted(cancel, within(context.clock, limitMs, fit))) ?? false;
  }
}
