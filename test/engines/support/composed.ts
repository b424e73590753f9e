import { afterEach, expect, inject } from 'vitest';
import { runProgram, type ProgramResult } from '../../../scripts/run-program.mts';
import { writeExport } from '../../../src/core/export/write-export';
import { composeFiles } from '../../../src/core/target/compose/compose-file';
import type { ImageChoice } from '../../../src/core/target/containers/container-plan';
import { dockerIn, type Docker } from '../../support/docker.mts';
import type { Harness } from '../../support/harness';
import type { TestHarness } from '../../support/test-harness';

/** Runs Compose in the folder of the test's harness. */
export interface Composed {
  readonly docker: Docker;
  /** Runs a command of Compose that has to succeed. */
  readonly compose: (...args: readonly string[]) => Promise<string>;
}

/** To be called once in a file, outside of its tests: ends what they start. */
export function composed(harnesses: TestHarness): Composed {
  const { env } = inject('engine');
  const run = (...args: readonly string[]): Promise<ProgramResult> =>
    runProgram('docker', ['compose', ...args], { cwd: harnesses.current.folder, env });
  afterEach(async () => {
    await run('down', '--timeout', '1');
  });
  return {
    docker: dockerIn(env),
    compose: async (...args) => {
      const { code, stdout, stderr } = await run(...args);
      if (code !== 0) expect.fail(`${stderr}\n${(await run('logs', '--tail', '30')).stdout}`);
      return stdout.trim();
    },
  };
}

/** Exports the real plan, as **Export…** does. */
export async function exportCompose(
  { registry, folder }: Harness,
  image: ImageChoice,
): Promise<void> {
  const plan = await registry.containerPlan(registry.bentos[0]?.id ?? '', image);
  for (const { path, text } of composeFiles(plan, folder)) await writeExport(folder, path, text);
  await registry.stopAll();
}
