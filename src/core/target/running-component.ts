import type { ComponentDetails } from '../bento-manager';
import type { Component } from '../model';

/** Details for the row and terminal of a component, in addition to `Component`. */
export type RunningDetails = Omit<
  ComponentDetails,
  'output' | 'logFile' | 'debugging' | 'notDebuggable'
>;

/** A component of a running bento as readers see it, on this machine or on an engine. */
export interface RunningComponent {
  /** See `Component.id`. */
  readonly id: string;
  /** A new immutable value each time. */
  readonly snapshot: Component;
  readonly details: RunningDetails;
}
