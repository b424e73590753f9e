import { runFaults } from '../faults/run-faults';

runFaults((number) => number > 35);
