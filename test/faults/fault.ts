import type { Scene } from './scene.ts';

interface Described {
  /** As in the list; a fault with several ways of going wrong may have several rows. */
  readonly number: number;
  readonly fault: string;
  /** What people must see. */
  readonly expected: string;
}

export interface SceneFault extends Described {
  /** `core`: with and without VS Code. `window`: only in the extension host of a VS Code. */
  readonly on: 'core' | 'window';
  /** How often; a race counts only when it goes well every time. Once by default. */
  readonly times?: number;
  /** Too long for every change: only `npm run faults` has it. */
  readonly slow?: true;
  /** Seconds for one time; 90 by default. */
  readonly limit?: number;
  /** Resolves to what was seen. Rejects when that is not what was expected. */
  readonly run: (scene: Scene) => Promise<string>;
}

/** Done from outside of the extension host, by the journey of that name of `test/window/journeys`. */
export interface JourneyFault extends Described {
  readonly on: 'window';
  readonly journey: string;
}

/** The core in a process of its own, which plays the extension host and can be killed: see `SeparateHost`. */
export interface HostFault extends Described {
  readonly on: 'host';
  readonly times: number;
  /** One time. Resolves to what was seen. Rejects when that is not what was expected. */
  readonly run: (parts: HostFaultParts) => Promise<string>;
}

export interface HostFaultParts {
  readonly python: string;
  /** The program of the host. */
  readonly bundle: string;
  readonly runFiles: string;
}

/** Not run. */
export interface OtherFault extends Described {
  readonly on: 'elsewhere';
  /** The system it needs, or where else it is tested. */
  readonly why: string;
}

export type Fault = SceneFault | JourneyFault | HostFault | OtherFault;

export const isSceneFault = (fault: Fault): fault is SceneFault =>
  fault.on === 'core' || (fault.on === 'window' && 'run' in fault);

export const isHostFault = (fault: Fault): fault is HostFault => fault.on === 'host';

export const isJourneyFault = (fault: Fault): fault is JourneyFault => 'journey' in fault;
