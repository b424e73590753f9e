import { ensureEnvironments } from '../../scripts/environments.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';

/** Environments are made with the machine's programs, before the tests lose sight of those. */
export default async function setup(): Promise<void> {
  await ensureEnvironments();
  await ensureEnvironments(['tools', 'engines']);
  enterTestEnvironment();
}
