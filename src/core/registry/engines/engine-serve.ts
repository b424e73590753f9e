import type { Plan } from '../../plan/plan';
import type { CallerOptions, LaunchContext } from '../launch-context';

/** What an engine serves. */
export interface EngineServe {
  readonly asked: CallerOptions;
  /** What it is served with. */
  readonly found: LaunchContext;
  readonly profile: string | undefined;
  /** Asks BentoML what it would run. */
  readonly planOf: (signal: AbortSignal) => Promise<Plan>;
}
