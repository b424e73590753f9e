/** The engine that a run of tests has started for its windows. */
export interface RunEngine {
  readonly kind: 'compose' | 'kubernetes';
  /** The environment for programs that use it. */
  readonly env: Readonly<Record<string, string>>;
  /** On Compose, for source and environment of this machine. */
  readonly image: string;
  /** In a cluster. */
  readonly namespace?: string;
}

export const engineVariable = 'SERVE_BENTO_TEST_ENGINE';

/** Returns the engine of this run. Its environment is empty if there is none. */
export const engineOfRun = (): Partial<RunEngine> =>
  JSON.parse(process.env[engineVariable] ?? '{}') as Partial<RunEngine>;
