import { runFaults } from '../faults/run-faults';

/** A process that is stopped and goes on is as unresponsive for a while as one whose event loop is blocked. */
const ofTestAll = [50];

runFaults(
  (number) => number > 35,
  {},
  (number) => ofTestAll.includes(number),
);
