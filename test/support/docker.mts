import { output } from '../../scripts/run-program.mts';

/** Runs a docker command that must succeed, and returns its output. */
export type Docker = (...args: readonly string[]) => Promise<string>;

/** @param env determines the engine */
export const dockerIn =
  (env: Readonly<Record<string, string>>): Docker =>
  (...args) =>
    output('docker', args, { env });
