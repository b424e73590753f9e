const probe = /\(scheme=https?,method=GET,path=\/(?:readyz|livez|healthz),/;

/**
 * Leaves out access-log lines of probes that succeeded. Legacy services of BentoML log each one and cannot be told not
 * to: every few seconds one from us would push out of sight what people look for.
 */
export function withoutProbeLines(text: string): string {
  // A plain search is far faster, and nearly always enough.
  if (!text.includes('(scheme=') || !probe.test(text)) return text;
  return text
    .split(/(?<=\n)/)
    .filter((line) => !isAnswered(line))
    .join('');
}

/** Searched for in two steps: one expression for both would try each start with each end. */
function isAnswered(line: string): boolean {
  const at = line.endsWith('\n') ? line.search(probe) : -1;
  return at !== -1 && line.includes('(status=200', at);
}
