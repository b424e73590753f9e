import { expect, it } from 'vitest';
import type { ExitStatus } from '../../../../../src/core/programs/exit-status';
import { workerExitLine } from '../../../../../src/core/target/local/supervise/worker-exit-line';

const killed: ExitStatus = { code: null, signal: 'SIGKILL' };
const terminated: ExitStatus = { code: null, signal: 'SIGTERM' };
const forced = 'it did not stop within 10 s';

it.each<[ExitStatus, string | undefined, string]>([
  [{ code: 3, signal: null }, undefined, 'exited with code 3'],
  [terminated, undefined, 'SIGTERM'],
  // A worker that ended by itself during a forced stop was not killed by it.
  [terminated, forced, 'SIGTERM'],
  [killed, undefined, 'was killed by SIGKILL'],
  [killed, forced, `was killed: ${forced}`],
])('the line about %j, with the stop forced because: %s', (status, forcedBecause, expected) => {
  const line = workerExitLine({ process: 'http#1', pid: 7, status }, forcedBecause);
  expect(line).toMatch(/^http#1 \(pid 7\) /);
  expect(line).toContain(expected);
});
