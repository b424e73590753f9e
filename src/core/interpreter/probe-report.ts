import * as z from 'zod';
import { jsonIn } from '../json';
import { atMost } from '../length-limits';

/** What `probe.py` says of an interpreter. */
export const reportSchema = z.object({
  /** Empty when Python could not tell. */
  executable: z.string().check(atMost(4096)),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** Nothing when BentoML is not installed. */
  bentoml: z.string().check(atMost(100)).nullable(),
  /** Where a real run looks for packages. */
  paths: z.array(z.string()).check(atMost(1000)),
});

export type ProbeReport = z.output<typeof reportSchema>;

const names = z.array(z.string().check(atMost(200))).check(atMost(1000));

/** What `probe.py tools` says: what can install packages and build bentos. */
const toolsSchema = z.object({
  /** The flag that keeps `python -m pip` from importing files of the folder or of `PYTHONPATH`. */
  isolation: z.enum(['-I', '-E']),
  /** Of `pip`, `uv` and `ensurepip`, the modules that run with that flag. */
  installers: names,
  /** Of `pip` and `uv`, the modules that BentoML's own commands can run. */
  modules: names,
  /** The packages that the installed BentoML declares as its dependencies. */
  requirements: names,
});

export type PythonTools = z.output<typeof toolsSchema>;

/** What `probe.py debugpy` says: which debugpy it has, and what could install one. */
const debugpySchema = toolsSchema.extend({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  /** The kind of Python that the files of a package are for, as a part of a file name. */
  tag: z.string().regex(/^[\w.-]{1,100}$/),
  /** The folder of its environment that debugpy is in. */
  debugpy: z.string().check(atMost(4096)).nullable(),
});

export type DebugpyReport = z.output<typeof debugpySchema>;

export const readDebugpyReport = (stdout: string): DebugpyReport | undefined =>
  lastReport(stdout, debugpySchema);

export const readProbeReport = (stdout: string): ProbeReport | undefined =>
  lastReport(stdout, reportSchema);

export const readPythonTools = (stdout: string): PythonTools | undefined =>
  lastReport(stdout, toolsSchema);

/** A `sitecustomize` may print before; the report is the last line that is one. */
function lastReport<Report>(stdout: string, schema: z.ZodType<Report>): Report | undefined {
  for (const line of stdout.split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    const report = schema.safeParse(jsonIn(line));
    if (report.success) return report.data;
  }
  return undefined;
}
