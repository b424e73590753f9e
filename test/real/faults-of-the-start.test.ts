import { playFaults } from '../faults/play-faults';

playFaults(1, 35);
