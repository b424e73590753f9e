import { say } from '../messages/message';
import type { AskOptions, LeftoverDeployment } from '../bento-manager';
import type { BentoEngine } from '../model';
import type { Plan } from '../plan/plan';
import type { BentoRecord } from './bento-record';
import type { EngineCode } from '../target/engine/engine-reload';
import type { BentoSources } from './bento-sources';
import type { RegistryContext } from './registry-context';
import type { RunningBento } from '../target/running-bento';
import { notOnEngine } from '../target/engine/not-on-engine';
import type { Comparison } from '../target/target';
import { SharedParts } from '../shared-parts';
import type { ClusterProxy } from '../target/kubernetes/client/cluster-proxy';
import type { EngineServe } from './engines/engine-serve';
import type { EngineParts } from './engines/opened-engine';
import type { CallerOptions, LaunchContext } from './launch-context';
import type { ServePrerequisites } from './serve-prerequisites';
import type { ServeRequest } from '../target/serve-request';
import type { HelperPool } from '../target/local/fork-server/helper-pool';

/** A request to stop a bento and serve it again. */
type ServeAgain = EngineCode['serveAgain'];

/** Makes the objects that serve or watch bentos, after it has asked the user for consent. Starts nothing. */
export class BentoFactory {
  readonly #context: RegistryContext;
  readonly #sources: BentoSources;
  readonly #questions: ServePrerequisites;
  readonly #helpers: () => Promise<HelperPool>;
  readonly #proxies = new SharedParts<ClusterProxy>();

  constructor(
    context: RegistryContext,
    sources: BentoSources,
    questions: ServePrerequisites,
    helpers: () => Promise<HelperPool>,
  ) {
    this.#context = context;
    this.#sources = sources;
    this.#questions = questions;
    this.#helpers = helpers;
  }

  /** @throws ServeError what is missing or refused. */
  async served(
    record: Readonly<BentoRecord>,
    asked: CallerOptions,
    serveAgain: ServeAgain,
  ): Promise<RunningBento> {
    const { bento, once } = record;
    const found = await this.#questions.toServe(bento, asked, once);
    const launch = withOnce(found, record);
    if (launch.settings.target !== 'local')
      return this.#onEngine(record, asked, launch, serveAgain);
    const tls = await this.#questions.certificates(bento, launch.settings, asked);
    const { ServedBento } = await this.#context.loadServing();
    const logFor = await this.#logsOf(record);
    const { chosen: profile } = this.#sources.profiles(bento);
    const request = {
      ...{ ...launch, tls, onPhase: asked.onPhase, logFor },
      freePorts: once.freePorts === true,
      // The debugger may be disconnected meanwhile.
      debug: () => record.once.debug,
      ...(profile === undefined ? {} : { profile }),
    };
    return new ServedBento(this.#context, await this.#helpers(), request);
  }

  /** @throws ServeError `untrusted`. */
  async watched(
    record: Readonly<BentoRecord>,
    { onPhase }: Pick<CallerOptions, 'onPhase'>,
  ): Promise<RunningBento> {
    this.#context.assertTrusted();
    const { bento } = record;
    onPhase(say('waitingForAnswers'));
    const { WatchedBento } = await this.#context.loadServing();
    const logFor = await this.#logsOf(record);
    const settings = this.#sources.settingsFor(bento);
    return new WatchedBento(this.#context, { bento, settings, logFor });
  }

  /** BentoML says what it would run; nothing of it is. */
  async plan(
    record: Readonly<BentoRecord>,
    { signal = new AbortController().signal, onPhase = () => undefined }: AskOptions,
  ): Promise<
    { readonly plan: Plan } & Pick<ServeRequest, 'settings' | 'fileVariables' | 'interpreter'>
  > {
    const found = await this.#questions.surroundings(record.bento, { signal, onPhase });
    return { plan: await this.#plan(record, found, { signal, onPhase }), ...found };
  }

  /**
   * Returns the bento if it runs on an engine already, served by another window or an earlier one.
   * @param engine where to look. Default: its target
   * @throws ServeError if the engine does not answer
   */
  async adopted(
    record: Readonly<BentoRecord>,
    signal: AbortSignal,
    serveAgain: ServeAgain,
    engine?: BentoEngine,
  ): Promise<RunningBento | undefined> {
    this.#context.assertTrusted();
    const { adoptedBento } = await this.#context.loadDeployment();
    const onPhase = (): void => undefined;
    const found = (cancel: AbortSignal): Promise<LaunchContext> =>
      this.#questions.surroundings(record.bento, { signal: cancel, onPhase });
    const code = this.#code(record, found, serveAgain);
    const parts = { ...(await this.#engineParts(record, onPhase)), code };
    const serveOf = async (cancel: AbortSignal): Promise<EngineServe> => {
      const asked = { signal: cancel, onPhase };
      const launch = await this.#questions.toServe(record.bento, asked);
      return this.#engineServe(record, asked, withOnce(launch, record));
    };
    return adoptedBento(parts, signal, serveOf, engine);
  }

  /** See `leftoverDeployment`. */
  async leftOn(
    record: Readonly<BentoRecord>,
    engine: BentoEngine,
    signal: AbortSignal,
  ): Promise<LeftoverDeployment | undefined> {
    const { leftoverDeployment } = await this.#context.loadDeployment();
    return leftoverDeployment(await this.#engineParts(record, () => undefined), engine, signal);
  }

  /** Compares a bento that runs on its engine with what a restart would apply. @throws ServeError */
  async compared(
    record: Readonly<BentoRecord>,
    { signal = new AbortController().signal, onPhase = () => undefined }: AskOptions,
  ): Promise<Comparison> {
    const { bento, served } = record;
    if (served?.engine === undefined) throw notOnEngine(bento.name);
    const asked = { signal, onPhase };
    const found = await this.#questions.surroundings(bento, asked);
    const { comparison } = await this.#context.loadDeployment();
    const serve = this.#engineServe(record, asked, withOnce(found, record));
    return comparison(await this.#engineParts(record, onPhase), serve, served.engine);
  }

  async #onEngine(
    record: Readonly<BentoRecord>,
    asked: CallerOptions,
    found: LaunchContext,
    serveAgain: ServeAgain,
  ): Promise<RunningBento> {
    const { engineBento } = await this.#context.loadDeployment();
    const code = this.#code(record, () => Promise.resolve(found), serveAgain);
    const parts = { ...(await this.#engineParts(record, asked.onPhase)), code };
    return engineBento(parts, this.#engineServe(record, asked, found));
  }

  #engineServe(
    record: Readonly<BentoRecord>,
    asked: CallerOptions,
    found: LaunchContext,
  ): EngineServe {
    return {
      ...{ asked, found, profile: this.#sources.profiles(record.bento).chosen },
      planOf: (signal) => this.#plan(record, found, { ...asked, signal }),
    };
  }

  async #engineParts(
    record: Readonly<BentoRecord>,
    onPhase: CallerOptions['onPhase'],
  ): Promise<EngineParts> {
    const logFor = await this.#logsOf(record);
    const onQuestion = (): void => onPhase(say('waitingForAnswer'));
    const own = { context: this.#context, sources: this.#sources, proxies: this.#proxies };
    return { ...own, record, logFor, onQuestion };
  }

  #code(
    record: Readonly<BentoRecord>,
    found: (signal: AbortSignal) => Promise<LaunchContext>,
    serveAgain: ServeAgain,
  ): EngineCode {
    return {
      ...{ log: this.#context.log, serveAgain },
      replan: async (before, signal) => {
        const { replan } = await this.#context.loadServing();
        const logFor = await this.#logsOf(record);
        const request = { ...(await found(signal)), tls: {}, onPhase: () => undefined, logFor };
        return replan(this.#context, await this.#helpers(), request, before, signal);
      },
    };
  }

  async #plan(
    record: Readonly<BentoRecord>,
    found: LaunchContext,
    { signal, onPhase }: CallerOptions,
  ): Promise<Plan> {
    const { planOnly } = await this.#context.loadServing();
    const logFor = await this.#logsOf(record);
    const request = { ...found, tls: {}, onPhase, logFor };
    return planOnly(this.#context, await this.#helpers(), request, signal);
  }

  async #logsOf({ bento, logs }: Readonly<BentoRecord>): Promise<ServeRequest['logFor']> {
    const folder = await this.#context.loadLogFolder();
    return (component) => logs.open(folder, bento, component);
  }
}

/** Adds the variables that are only for this serve. */
const withOnce = (found: LaunchContext, { once }: Readonly<BentoRecord>): LaunchContext => ({
  ...found,
  env: { ...found.env, ...once.env },
});
