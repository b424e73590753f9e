/** When a component that was ready once is started again; immutable. */
export interface RestartPolicy {
  /** The wait before the next start in milliseconds and the policy after it; nothing when it is time to give up. */
  next(now: number): { readonly delayMs: number; readonly policy: RestartPolicy } | undefined;
  /** How many restarts the current wait counts as, for "restart 2 of 5". */
  readonly count: number;
}

export interface BackoffOptions {
  readonly firstMs: number;
  readonly factor: number;
  readonly capMs: number;
  /** Share of the wait by which it varies, so that things that fell together do not rise together. */
  readonly jitter: number;
  readonly maxRestarts: number;
  readonly windowMs: number;
}

export const defaultBackoff: BackoffOptions = {
  firstMs: 1000,
  factor: 2,
  capMs: 30_000,
  jitter: 0.2,
  maxRestarts: 5,
  windowMs: 600_000,
};

/** Readiness for this long makes earlier crashes forgotten. */
export const stableAfterMs = 60_000;

export function backoffPolicy(
  random: () => number,
  options: BackoffOptions = defaultBackoff,
  restarts: readonly number[] = [],
): RestartPolicy {
  return {
    count: restarts.length,
    next: (now) => {
      const recent = restarts.filter((at) => now - at < options.windowMs);
      if (recent.length >= options.maxRestarts) return undefined;
      const wait = Math.min(options.firstMs * options.factor ** recent.length, options.capMs);
      const delayMs = Math.round(wait * (1 + options.jitter * (2 * random() - 1)));
      return { delayMs, policy: backoffPolicy(random, options, [...recent, now]) };
    },
  };
}
