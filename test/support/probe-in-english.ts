import type { ProbeResult } from '../../src/core/health/probe';
import { textOf } from '../../src/core/messages/message';

/** The result of a probe with its reason as text. */
export const inEnglish = (result: ProbeResult): ProbeResult & { readonly reason?: string } =>
  result.outcome === 'ok' ? result : { ...result, reason: textOf(result.reason) };
