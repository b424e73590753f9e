import { oneLine } from '../one-line';

const longest = 130;

/** Returns as much of the end of a chain of errors as fits. Go programs join them with colons, the cause last. */
export function lastCause(reason: string): string {
  const parts = oneLine(reason, 2_000).split(': ');
  while (parts.length > 1 && parts.join(': ').length > longest) parts.shift();
  return oneLine(parts.join(': '), longest);
}
