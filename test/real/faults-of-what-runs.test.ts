import { playFaults } from '../faults/play-faults';

playFaults((number) => number > 35);
