import type { Log } from '../../src/core/log';

/** Keeps what is logged, for tests that ask. */
export function quietLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const add = (message: string): void => void lines.push(message);
  return { lines, debug: add, info: add, warn: add, error: add };
}
