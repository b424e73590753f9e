import type { Fault } from './fault.ts';
import { interpreterFaults } from './list/start-up-interpreters.ts';
import { portFaults } from './list/start-up-ports.ts';
import { serviceFaults } from './list/start-up-services.ts';

/** All of the list, in its order. */
export const faults: readonly Fault[] = [...portFaults, ...interpreterFaults, ...serviceFaults];
