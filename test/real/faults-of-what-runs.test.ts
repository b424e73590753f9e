import { playFaults } from '../faults/play-faults';

playFaults(36, 83);
