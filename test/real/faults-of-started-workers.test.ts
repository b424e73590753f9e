import { runFaults } from '../faults/run-faults';

/** Workers that die, hang, are stopped or left: also of those that are not forked, as on macOS. */
const ofWorkers = [15, 44, 46, 59, 61, 63, 69];
/** Those of forked workers go the same ways. */
const ofTestAll = [15, 44, 59, 63];

runFaults(
  (number) => ofWorkers.includes(number),
  { warmUp: 'off' },
  (number) => ofTestAll.includes(number),
);
