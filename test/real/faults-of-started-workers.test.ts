import { playFaults } from '../faults/play-faults';

/** Workers that cannot start, die, hang, are stopped or left: also of those that are not forked, as on macOS. */
const ofWorkers = [13, 14, 15, 18, 22, 23, 44, 45, 46, 47, 59, 61, 62, 63, 66, 67, 69];

playFaults((number) => ofWorkers.includes(number), { warmUp: 'off' });
