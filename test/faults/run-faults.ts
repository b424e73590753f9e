import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { coreDriver, type CoreDriver } from './core-driver';
import { longIf } from '../support/long';
import { isSceneFault } from './fault';
import { runFault } from './run-fault';
import { faults } from './table';

/**
 * Without VS Code, on every change: a race once, and nothing that takes long. `npm run faults` has all of it.
 * @param always settings in force where a fault sets nothing else.
 * @param isLong those that only `npm run test:all` plays.
 */
export function runFaults(
  isWanted: (number: number) => boolean,
  always: Readonly<Record<string, unknown>> = {},
  isLong: (number: number) => boolean = () => false,
): void {
  let driver: CoreDriver;

  beforeAll(async () => {
    driver = coreDriver(await ensureEnvironments(), always);
  }, 600_000);

  afterAll(async () => {
    await driver.dispose();
  });

  // What is left behind can be told there only.
  describe.runIf(process.platform === 'linux')('faults', () => {
    for (const fault of faults.filter(isSceneFault)) {
      const { number, on, slow } = fault;
      if (on !== 'core' || slow === true || !isWanted(number)) continue;
      it(`${number}: ${fault.fault} => ${fault.expected}`, longIf(isLong(number)), async () => {
        const { asExpected, seen } = await runFault(fault, driver, 1);
        expect.soft(asExpected, seen).toBe(true);
      });
    }
  });
}
