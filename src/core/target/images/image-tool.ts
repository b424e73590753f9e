import * as z from 'zod';
import { findCommand, type CommandSearch } from '../../interpreter/find-command';
import { jsonIn } from '../../json';
import { problemTexts, say } from '../../messages/message';
import { cancelled, ServeError } from '../../problem';
import type { Run, RunOptions } from '../../programs/run';
import { composeFailure } from '../compose/client/compose-failure';
import { composeEnv } from '../compose/client/find-compose';

/** Only the environment of the editor decides which programs run: the settings of a workspace must not choose them. */
export interface ToolSearch extends CommandSearch {
  readonly run: Run;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** A program that manages images, found on the PATH. */
export interface ImageTool {
  /** The command as typed in a terminal. */
  readonly name: string;
  /** An absolute path. */
  readonly file: string;
}

export interface LocalImage {
  readonly tool: ImageTool;
  /** Its references with digests in registries. */
  readonly digests: readonly string[];
}

/** `bentoml containerize` puts images where these find them. */
const names = ['docker', 'podman', 'nerdctl'] as const;

const inspected = z.array(
  z.object({ RepoDigests: z.array(z.string()).nullish().catch(undefined) }),
);
const inspectMs = 20_000;

/** The options of every run of such a program. */
export const toolOptions = ({
  cwd,
  env,
  signal,
}: ToolSearch): Pick<RunOptions, 'cwd' | 'env' | 'signal' | 'maxBytes'> => ({
  ...{ cwd, env: composeEnv(env), signal, maxBytes: 4_000_000 },
});

/**
 * Finds an image of this machine by its tag. Returns undefined if no program has it.
 * @throws ServeError `engine-not-found` without such a program, or why the only ones do not answer
 */
export async function findImage(tag: string, search: ToolSearch): Promise<LocalImage | undefined> {
  const problems: ServeError[] = [];
  let hasAnswered = false;
  for (const name of names) {
    const file = await findCommand(name, search);
    if (file === undefined) continue;
    const result = await search.run(file, ['image', 'inspect', tag], {
      ...toolOptions(search),
      timeoutMs: inspectMs,
    });
    if (result.cancelled) throw cancelled();
    if (!result.failed) {
      const [image] = inspected.safeParse(jsonIn(result.stdout)).data ?? [];
      if (image !== undefined) return { tool: { name, file }, digests: image.RepoDigests ?? [] };
    }
    const problem = composeFailure({ title: name }, result, inspectMs);
    // Any other failure is the answer that there is no such image.
    if (isSilent(problem.code)) problems.push(new ServeError(problem));
    else hasAnswered = true;
  }
  const [first] = problems;
  if (first !== undefined && !hasAnswered) throw first;
  if (!hasAnswered) {
    throw new ServeError({ code: 'engine-not-found', ...problemTexts(say('imageToolNotFound')) });
  }
  return undefined;
}

/** Whether a program could not ask its engine. */
export const isSilent = (code: string): boolean =>
  code === 'engine-unreachable' || code === 'engine-denied';
