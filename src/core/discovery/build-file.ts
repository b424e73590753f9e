import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import { readYaml } from './read-yaml';
import type { TextRange } from './service-key';

/** What discovery needs of a `bentofile.yaml` or of `[tool.bentoml.build]`; unknown keys are BentoML's business. */
export interface BuildFile {
  /** Such as `service:svc`; absent: BentoML takes `service.py`. */
  readonly service?: string;
  /** Where `service` is in the file; absent where that is not known. */
  readonly serviceAt?: TextRange;
  readonly name?: string;
  /** What `bentoml.use_arguments` gets, where it is not given more. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Larger than any build file that people write. */
export const buildFileLimit = 128 * 1024;

const text = z.string().trim().min(1).max(1_000).optional().catch(undefined);
const args = z.record(z.string(), z.unknown()).optional().catch(undefined);
const buildSchema = z.object({ service: text, name: text, args });
const pyprojectSchema = z.object({
  project: z.object({ name: text }).optional().catch(undefined),
  tool: z.object({ bentoml: z.object({ build: buildSchema }) }),
});

/** Arrays and tables in each other. */
const depthLimit = 40;

/** Nothing when it is no build file at all; throws when it cannot be parsed. */
export function parseBuildFile(fileName: string, content: string): BuildFile | undefined {
  if (fileName === 'pyproject.toml')
    return content.includes('bentoml') ? pyproject(content) : undefined;
  const parsed = readYaml(content, ['service', 'name', 'args']);
  // An empty file is a valid one: everything is at its default.
  const { data } = buildSchema.safeParse(parsed ?? {});
  return data === undefined ? undefined : defined(data);
}

function pyproject(content: string): BuildFile | undefined {
  const { data } = pyprojectSchema.safeParse(parseToml(content, { maxDepth: depthLimit }));
  if (data === undefined) return undefined;
  const { build } = data.tool.bentoml;
  // As BentoML does: the project's name counts where the build has none.
  return defined({ ...build, name: build.name ?? data.project?.name });
}

const defined = ({ service, name, args }: z.infer<typeof buildSchema>): BuildFile => ({
  ...(service === undefined ? {} : { service }),
  ...(name === undefined ? {} : { name }),
  ...(args === undefined ? {} : { args }),
});
