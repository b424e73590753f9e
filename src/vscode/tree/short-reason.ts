import type { Problem } from '../../core/model';

const longest = 100;

/** What of a problem fits into a row: its cause, else the first sentence of its message, on one line. */
export function shortReason(problem: Problem | undefined): string | undefined {
  if (problem === undefined) return undefined;
  const line = (problem.cause ?? problem.message).replace(/\s+/g, ' ').trim();
  const sentence = (/^.*?[.!?](?= [A-Z]|$)/.exec(line)?.[0] ?? line).replace(/\.$/, '');
  return sentence.length > longest ? `${sentence.slice(0, longest - 1).trimEnd()}…` : sentence;
}
