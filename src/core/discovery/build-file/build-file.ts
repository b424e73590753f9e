import { createHash, randomUUID } from 'node:crypto';
import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import { mayConfigureBentoml } from './build-file-names';
import { readYaml, topLevelSections } from './read-yaml';
import type { TextRange } from '../service-key';
import { tomlSections } from './toml-sections';
import { atLeast, atMost } from '../../length-limits';
import { forLog, type LogText } from '../../log';
import { say, textOf } from '../../messages/message';
import { MessageError } from '../../messages/message-error';
import { parseFailure } from './parse-failure';

/** What discovery needs of a `bentofile.yaml` or of `[tool.bentoml.build]`; unknown keys are BentoML's business. */
export interface BuildFile {
  /** Such as `service:svc`; absent: BentoML takes `service.py`. */
  readonly service?: string;
  /** Where `service` is in the file; absent where that is not known. */
  readonly serviceAt?: TextRange;
  readonly name?: string;
  /** Equal where `args` (the defaults of `bentoml.use_arguments`) and model aliases are; absent where there are none. */
  readonly variantKey?: string;
  /** The reason why these could not be read: then `variantKey` is equal only where their text is equal. */
  readonly variantProblem?: LogText;
}

/** The longest `service`, `name`, `args` and `models` of a file together; the file may hold much more. */
const partsLimit = 8 * 1024;

const text = z.string().trim().check(atLeast(1)).check(atMost(1_000)).optional().catch(undefined);
const args = z.record(z.string(), z.unknown()).optional().catch(undefined);
const models = z.array(z.unknown()).optional().catch(undefined);
const buildSchema = z.object({ service: text, name: text, args, models });
/** `{tag: iris:latest, alias: iris}`, which the code gets with `bentoml.models.get("iris")`. */
const aliasedModel = z.object({ tag: z.string(), alias: z.string().check(atLeast(1)) });
const pyprojectSchema = z.object({
  project: z.object({ name: text }).optional().catch(undefined),
  tool: z.object({ bentoml: z.object({ build: buildSchema }) }),
});

/** The longest TOML that is parsed: a hundredth of a second, whatever is in it. The rest of a file is cut off before. */
const wholeTomlLimit = 16 * 1024;
/** Arrays and tables in each other. */
const depthLimit = 40;

/** Nothing when it is no build file at all; throws when it cannot be parsed. */
export function parseBuildFile(fileName: string, content: string): BuildFile | undefined {
  if (!mayConfigureBentoml(fileName, content)) return undefined;
  return fileName === 'pyproject.toml' ? pyproject(content) : bentofile(content);
}

const identity = ['service', 'name'];
const variant = ['args', 'models'];

function bentofile(content: string): BuildFile | undefined {
  let parsed: unknown;
  try {
    parsed = readYaml(content, [...identity, ...variant], partsLimit);
  } catch (error) {
    // Only BentoML needs these, and it says itself what is wrong with them.
    const unread = topLevelSections(content, variant);
    if (unread === undefined || unread === '') throw error;
    const rest = topLevelSections(content, identity) ?? '';
    const build = fromYaml(readYaml(rest, identity, partsLimit));
    return (
      build && {
        ...build,
        variantKey: keyOf(unread),
        variantProblem: forLog(textOf(parseFailure(error))),
      }
    );
  }
  return fromYaml(parsed);
}

function fromYaml(parsed: unknown): BuildFile | undefined {
  // An empty file is a valid one: everything is at its default.
  const { data } = buildSchema.safeParse(parsed ?? {});
  return data === undefined ? undefined : defined(data);
}

function pyproject(content: string): BuildFile | undefined {
  const parts =
    content.length <= wholeTomlLimit ? content : tomlSections(content, ['project', 'tool.bentoml']);
  if (parts.length > wholeTomlLimit) throw new MessageError(say('tooLong'));
  const { data } = pyprojectSchema.safeParse(parseToml(parts, { maxDepth: depthLimit }));
  if (data === undefined) return undefined;
  const { build } = data.tool.bentoml;
  // As BentoML does: the project's name counts where the build has none.
  return defined({ ...build, name: build.name ?? data.project?.name });
}

const defined = ({ service, name, args, models }: z.infer<typeof buildSchema>): BuildFile => ({
  ...(service === undefined ? {} : { service }),
  ...(name === undefined ? {} : { name }),
  ...variantOf(args ?? {}, aliasesOf(models ?? [])),
});

/** As BentoML does: the last one of an alias counts. */
function aliasesOf(models: readonly unknown[]): Record<string, string> {
  const found = models.flatMap((model) => aliasedModel.safeParse(model).data ?? []);
  return Object.fromEntries(found.map(({ alias, tag }) => [alias, tag]));
}

function variantOf(
  args: Record<string, unknown>,
  aliases: Record<string, string>,
): Pick<BuildFile, 'variantKey' | 'variantProblem'> {
  if (Object.keys(args).length === 0 && Object.keys(aliases).length === 0) return {};
  try {
    return { variantKey: keyOf(JSON.stringify({ args, aliases }, sorted)) };
  } catch {
    return {
      variantKey: randomUUID(),
      variantProblem: forLog('they contain themselves or are nested too deeply'),
    };
  }
}

/** Writes the keys of mappings in one order, and numbers that JSON does not have. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex');
