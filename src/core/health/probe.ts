import type { Argument } from '../messages/message';

/** What one question to a component brought. */
export type ProbeResult =
  | { readonly outcome: 'ok'; readonly latencyMs: number }
  /** It answered, and the answer was no. */
  | { readonly outcome: 'refused'; readonly reason: Argument }
  /** No answer in time, or no connection. */
  | { readonly outcome: 'silent'; readonly reason: Argument };

/** Asks whether a component is live or ready. Never throws; `signal` ends it early as `silent`. */
export interface Probe {
  live(signal: AbortSignal): Promise<ProbeResult>;
  ready(signal: AbortSignal): Promise<ProbeResult>;
  dispose(): void;
}
