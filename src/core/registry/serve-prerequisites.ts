import { argumentLimits } from '../argument-limits';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { PlanRequest } from '../plan/plan-request';
import { refuseForeignAddresses } from '../target/local/ports/own-address';
import { problemOfSetting } from './settings-problem';
import { ServeError } from '../problem';
import type { OneTimeChoices } from '../bento-manager';
import type { ExpectedInterpreter } from '../interpreter/expected-interpreter';
import type { Interpreter } from '../interpreter/interpreter';
import type { ServeSettings } from '../settings/serve-settings';
import type { ServersTls } from '../tls/server-tls';
import type { BentoSources } from './bento-sources';
import { exposures, refuseWildcards } from '../exposure/exposure';
import type { CallerOptions, LaunchContext } from './launch-context';
import type { RegistryContext } from './registry-context';
import { readSettingsFiles } from '../settings/settings-files';
import { startAhead, type StartAheadParts } from './start-ahead';
import { withTimeout } from '../with-timeout';
import { problemTexts, say } from '../messages/message';

/** Milliseconds after which the interpreter is checked even if the helper has not started. The helper usually starts within 100 ms. */
const aheadLimitMs = 500;

/** Finds what a bento needs before it can run, and asks the user for consent, secrets and passwords. */
export class ServePrerequisites {
  readonly #context: RegistryContext;
  readonly #sources: BentoSources;
  readonly #helpers: StartAheadParts['helpers'];

  constructor(
    context: RegistryContext,
    sources: BentoSources,
    helpers: StartAheadParts['helpers'],
  ) {
    this.#context = context;
    this.#sources = sources;
    this.#helpers = helpers;
  }

  /** Returns the context of processes that do not listen, such as the planner. @throws ServeError what is missing or refused. */
  async surroundings(
    bento: DiscoveredBento,
    { signal, onPhase }: CallerOptions,
  ): Promise<LaunchContext> {
    const found = await this.#interpreter(bento, { signal, onPhase });
    return { ...found, env: await this.#environment(found) };
  }

  /**
   * Returns the context of a serve. Asks about the addresses too.
   * @param once with the variables that are added for this serve: nothing is started ahead then
   * @throws ServeError what is missing or refused
   */
  async toServe(
    bento: DiscoveredBento,
    asked: CallerOptions,
    once: Pick<OneTimeChoices, 'env'> = {},
  ): Promise<LaunchContext> {
    const starts = new ExpectedStarts(asked.signal);
    try {
      return await this.#toServe(bento, asked, once.env === undefined ? starts : undefined);
    } catch (error) {
      starts.endLast();
      throw error;
    }
  }

  /** `starts`: the helpers that are started ahead. Default: none is. */
  async #toServe(
    bento: DiscoveredBento,
    asked: CallerOptions,
    starts: ExpectedStarts | undefined,
  ): Promise<LaunchContext> {
    const { platform, clock } = this.#context;
    const parts = { sources: this.#sources, platform, helpers: this.#helpers };
    const found = await this.#interpreter(bento, asked, async (own, expected) => {
      if (starts === undefined) return;
      const started = startAhead(parts, own, expected, starts.next(expected));
      // Before the check, because the fork server takes longest to start.
      await withTimeout(clock, aheadLimitMs, started);
    });
    const { settings, interpreter } = found;
    if (starts?.isFor(interpreter) === false) starts.endLast();
    const usersOwn = this.#sources.usersOwnSettings(bento);
    const exposed = exposures(settings, usersOwn);
    refuseWildcards(exposed, usersOwn);
    await refuseForeignAddresses(exposed.filter(({ kind }) => kind !== 'remote'));
    await this.#context.confirmExposures(bento, exposed, interpreter.bentomlVersion);
    return { ...found, env: await this.#environment(found) };
  }

  /** Returns the certificates of its servers. Asks for the passwords of keys. @throws ServeError `tls`. */
  async certificates(
    { folder }: DiscoveredBento,
    settings: ServeSettings,
    { onPhase }: Pick<CallerOptions, 'onPhase'>,
  ): Promise<ServersTls> {
    const { serversTls } = await this.#context.loadServing();
    const hasTls = [settings.http.tls, settings.grpc.tls].some((tls) => tls.certFile !== undefined);
    if (hasTls) onPhase(say('checkingCertificates'));
    return serversTls(settings, {
      now: this.#context.clock.date(),
      keyPassword: (file, again) => this.#context.keyPassword(folder, file, again),
    });
  }

  async #interpreter(
    bento: DiscoveredBento,
    { signal, onPhase }: CallerOptions,
    onExpected?: (
      found: Omit<LaunchContext, 'env' | 'interpreter'>,
      expected: ExpectedInterpreter,
    ) => Promise<void>,
  ): Promise<Omit<LaunchContext, 'env'>> {
    this.#context.assertTrusted();
    onPhase(say('checkingPython'));
    const settings = this.#sources.settingsFor(bento);
    assertUsable(bento, this.#sources);
    const { planRequest } = await this.#context.loadServing();
    assertPassable(planRequest(settings, bento));
    const settingsFiles = await readSettingsFiles(settings, this.#context.processEnv);
    // Read only once: the user is asked about these values, so these are used.
    const fileVariables = await this.#sources.fileVariables(settings);
    const variables = this.#sources.privilegedVariables(bento, settings, fileVariables);
    await this.#context.confirmVariables(bento, variables);
    const found = { bento, settings, settingsFiles, fileVariables };
    const interpreter: Interpreter = await this.#sources.findInterpreter(bento, settings, signal, {
      onExpected: async (expected) => onExpected?.(found, expected),
    });
    return { ...found, interpreter };
  }

  #environment({
    bento,
    settings,
    interpreter,
    fileVariables,
  }: Omit<LaunchContext, 'env'>): Promise<LaunchContext['env']> {
    return this.#sources.environmentFor(bento, settings, interpreter, fileVariables);
  }
}

/** Checks that no ignored setting changes what is served. @throws ServeError `settings` */
function assertUsable(bento: DiscoveredBento, sources: BentoSources): void {
  const { problems } = sources.folderSettings(bento.folder);
  const blocking = problems.find(
    ({ blocks, entry }) => blocks === true && (entry === undefined || entry === bento.entry),
  );
  if (blocking !== undefined) throw new ServeError(problemOfSetting(blocking));
}

/** Checks that the system passes the request to a process. @throws ServeError `settings` */
function assertPassable(request: PlanRequest): void {
  const size = Buffer.byteLength(JSON.stringify(request));
  const { one } = argumentLimits();
  if (size <= one) return;
  const count = Object.keys(request.runners).length;
  throw new ServeError({
    code: 'settings',
    setting: 'serveBento.runners',
    ...problemTexts(
      say('settingsTooLong', { size, limit: one, count }),
      say('settingsTooLongSummary', { size, limit: one }),
    ),
  });
}

/** Ends the helper that was started ahead for an expected interpreter when another one is expected or found. */
class ExpectedStarts {
  readonly #cancel: AbortSignal;
  #last: { readonly expected: ExpectedInterpreter; readonly end: AbortController } | undefined;

  constructor(cancel: AbortSignal) {
    this.#cancel = cancel;
  }

  /** Returns the signal that ends the helper for this interpreter. */
  next(expected: ExpectedInterpreter): AbortSignal {
    this.endLast();
    const end = new AbortController();
    this.#last = { expected, end };
    return AbortSignal.any([this.#cancel, end.signal]);
  }

  /** Whether the last helper is for this interpreter. */
  isFor({ path, bentomlVersion }: ExpectedInterpreter): boolean {
    const { expected } = this.#last ?? {};
    return expected?.path === path && expected.bentomlVersion === bentomlVersion;
  }

  endLast(): void {
    this.#last?.end.abort();
  }
}
