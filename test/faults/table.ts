import type { Fault } from './fault.ts';
import { startUpFaults } from './list/start-up.ts';

/** All of the list, in its order. */
export const faults: readonly Fault[] = [...startUpFaults];
