/** A name that is no longer used, and the one to use instead. */
export interface OldName {
  /** Found in the text of files and in their paths. */
  readonly old: RegExp;
  readonly instead: string;
}

const gone = (old: RegExp, instead: string): OldName => ({ old, instead });

/** The one list of forbidden identifiers and file names. Rename a word everywhere, then add it. */
export const oldNames: readonly OldName[] = [
  gone(/\bBentoRemark\b|\bremarkOn\b/, 'ConfigDrift, detectDrift'),
  gone(/\bJoinedWork\b/, 'SingleFlight'),
  gone(/\btemplate\.py\b|\btemplate-(?:death|request)\b/, 'fork server'),
  gone(/\bPortLessor\b|\bport-lessor\b/, 'PortAllocator'),
  gone(/\bKeptPorts\b|\bkept-ports\b/, 'StickyPorts'),
  gone(/\bKeptPlans\b|\bkept-plans\b/, 'PlanCache'),
  gone(/\bkept\.py\b|\bKeptTexts\b/, 'secret_files.py, SecretFiles'),
  gone(/\/later\.[jt]s\b/, 'a module that import() loads'),
  gone(/\bisServeError\b|\bisSpawnRejected\b/, 'instanceof'),
  gone(/\bWarmHelpers\b|\bwarm-helpers\b|\bgiveBack\b/, 'HelperPool: acquire, release'),
  gone(/\bServingBase\b|\bserving-base\b/, 'ServeRuntime'),
  gone(/\b[A-Z][a-z]+Surroundings\b/, 'LaunchContext'),
  gone(/\bServeQuestions\b|\bserve-questions\b/, 'ServePrerequisites'),
  gone(/\bLastWords\b|\blast-words\b/, 'RecentOutput'),
  gone(/\bwithin\(/, 'withTimeout'),
  gone(/\bNotTriedError\b|\bnot-tried-error\b/, 'SpawnRejectedError'),
  gone(/\bsettled\(\)/, 'waitUntilReady'),
  gone(/\bmakeWay\b|#successor\b/, 'handOver'),
  gone(/\.(?:hurry|calm)\b/, 'probeNow, fixedInterval'),
  gone(/\bOwnProbe\b|\bown-probe\b/, 'PortOwnerProbe'),
  gone(/\bAwakeProbe\b|\bawake-probe\b/, 'StoppedWorkerProbe'),
  gone(/\bisWelcome\b/, 'acceptsOurCertificate'),
  gone(/\bwellKnown\b/, 'usePublicCAs'),
  gone(/\bnotAsked\b/, 'readinessUnknown'),
  gone(/#(?:takeIn|touch|compare)\b/, '#reconcile, #invalidate, #checkDrift'),
  gone(/\bCollectedChanges\b|\bcollected-changes\b/, 'DebouncedPaths'),
  gone(/\boutwardAddress\b|\binwardAddress\b/, 'publicAddress, internalAddress'),
  gone(/(?<![#.\w])drain\(/, 'forEachLimit'),
  // `kind: 'Stage'` is of kwok.
  gone(/(?<!kind: ')\bStage(?:hand)?\b|\bPuppet\b/, 'harness, driver, FakeProbe'),
  gone(/\/causes\//, 'diagnosis'),
  gone(/\bleft-behind\.ts\b|\bleftBehind\b/, 'orphans'),
  gone(/\/[a-z-]+-words\.ts$|\/[a-z-]+-words'/m, '-labels or -messages'),
  gone(/\bplanAnew\b|\bcontainerPlanOf\b|\bcontainer-plan-of\b/, 'replan, toContainerPlan'),
  gone(/\bLeftOnEngines?\b|\bleft-on-engines?\b/, 'LeftoverDeployment'),
  gone(/\bSaidPlan\b|\bLasting\b/, 'ReportedPlan, PlanIdentity'),
];
