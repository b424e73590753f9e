import * as z from 'zod';

/** What `probe.py` says of an interpreter. */
const reportSchema = z.object({
  /** Empty when Python could not tell. */
  executable: z.string().max(4096),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Nothing when BentoML is not installed. */
  bentoml: z.string().max(100).nullable(),
  /** Where a real run looks for packages. */
  paths: z.array(z.string()).max(1000),
});

export type ProbeReport = z.output<typeof reportSchema>;

/** A `sitecustomize` may print before; the report is the last line that is one. */
export function readProbeReport(stdout: string): ProbeReport | undefined {
  for (const line of stdout.split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    const report = reportSchema.safeParse(parsed(line));
    if (report.success) return report.data;
  }
  return undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
