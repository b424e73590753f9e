import { appendFileSync } from 'node:fs';
import type { EnvironmentName } from '../../../scripts/environments.mts';
import { isSceneFault } from '../fault';
import { runFault } from '../run-fault';
import { faults } from '../table';
import type { FaultReportLine } from './report-line';
import { windowDriver } from './window-driver';

/** VS Code calls this in the extension host; the environment says which faults, and where to report. */
export async function run(): Promise<void> {
  const file = fromEnvironment('SERVE_BENTO_TEST_REPORT');
  // Synchronous: nothing is lost when the extension host ends at once.
  const report = (line: FaultReportLine): void => {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  const pythons = JSON.parse(fromEnvironment('SERVE_BENTO_TEST_ENVIRONMENTS')) as Record<
    EnvironmentName,
    string
  >;
  const driver = await windowDriver(pythons);
  for (const index of JSON.parse(fromEnvironment('SERVE_BENTO_FAULTS')) as number[]) {
    const fault = faults[index];
    if (fault === undefined || !isSceneFault(fault)) throw new Error(`no fault ${index} to run`);
    report({ kind: 'begun', index });
    report({ kind: 'over', index, outcome: await runFault(fault, driver) });
  }
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: faults run through test/faults/run.mts.`);
  }
  return value;
}
