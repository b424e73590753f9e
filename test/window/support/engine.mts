/** A container engine that a run of tests has started. */
export interface RunEngine {
  /** The environment for programs that use it. */
  readonly env: Readonly<Record<string, string>>;
  /** The id of an image for source and environment of this machine. */
  readonly image: string;
}

export const engineVariable = 'SERVE_BENTO_TEST_ENGINE';

/** Whether there is an engine. */
export const hasEngine = (): boolean => process.env[engineVariable] !== undefined;

export const engineOfRun = (): RunEngine =>
  JSON.parse(process.env[engineVariable] ?? '{}') as RunEngine;
