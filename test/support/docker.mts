import { output } from '../../scripts/run-program.mts';

/** Runs a command of docker that has to succeed, and gives back what it printed. */
export type Docker = (...args: readonly string[]) => Promise<string>;

/** @param env determines the engine */
export const dockerIn =
  (env: Readonly<Record<string, string>>): Docker =>
  (...args) =>
    output('docker', args, { env });
