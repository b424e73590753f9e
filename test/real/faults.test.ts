import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { coreStagehand, type CoreStagehand } from '../faults/core-stagehand';
import { isSceneFault } from '../faults/fault';
import { runFault } from '../faults/run-fault';
import { faults } from '../faults/table';

/** Without VS Code, on every change: a race twice, and nothing that takes long. `npm run faults` has all of it. */
const racesTimes = 2;

const wanted = faults.filter(isSceneFault).filter(({ on, slow }) => on === 'core' && !slow);

let stagehand: CoreStagehand;

beforeAll(async () => {
  stagehand = coreStagehand(await ensureEnvironments());
}, 600_000);

afterAll(async () => {
  await stagehand.dispose();
});

// What is left behind can be told there only.
describe.runIf(process.platform === 'linux')('faults', () => {
  it.each(wanted)('$number: $fault => $expected', async (fault) => {
    const times = Math.min(fault.times ?? 1, racesTimes);
    const { asExpected, seen } = await runFault(fault, stagehand, times);
    expect.soft(asExpected, seen).toBe(true);
  });
});
