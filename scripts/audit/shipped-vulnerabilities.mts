import * as z from 'zod';

const report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      /** Advisories, and names of packages that have one. */
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
      /** Where it is installed. */
      nodes: z.array(z.string()),
    }),
  ),
});

export interface Vulnerability {
  readonly name: string;
  readonly severity: string;
  readonly titles: readonly string[];
}

/**
 * The packages with advisories of their own among those that are shipped; nothing when it is no answer of a registry.
 * @param audit what `npm audit --json` printed
 */
export function shippedVulnerabilities(
  audit: string,
  shipped: ReadonlySet<string>,
): readonly Vulnerability[] | undefined {
  const parsed = report.safeParse(json(audit));
  if (!parsed.success) return undefined;
  return Object.entries(parsed.data.vulnerabilities).flatMap(([name, { severity, via, nodes }]) => {
    const titles = via.flatMap((one) =>
      typeof one === 'string' ? [] : [`${one.title} (${one.url})`],
    );
    return titles.length > 0 && nodes.some((node) => shipped.has(node))
      ? [{ name, severity, titles }]
      : [];
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
