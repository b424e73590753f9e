import * as z from 'zod';
import { jsonIn } from '../../../json';
import { problemTexts, say } from '../../../messages/message';
import { cancelled, ServeError } from '../../../problem';
import type { Run } from '../../../programs/run';
import { isPinned } from '../../containers/image-reference';
import { composeFailure } from './compose-failure';
import type { ComposeProgram } from './compose-program';
import { engineOf } from './engine-of';
import { composeEnv } from './find-compose';

export interface ImageRequest {
  readonly run: Run;
  readonly program: ComposeProgram;
  /** The editor's own environment, which determines the engine. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

const inspected = z.array(
  z.object({ Id: z.string(), RepoDigests: z.array(z.string()).nullish().catch(undefined) }),
);
const inspectMs = 20_000;
const pullMs = 1_800_000;

/**
 * Returns a reference that always means the same image, for any name of an image. Pulls the image if necessary.
 * @throws ServeError `image-unavailable`, or why the engine does not answer
 */
export async function pinImage(reference: string, request: ImageRequest): Promise<string> {
  if (isPinned(reference)) return reference;
  const present = await localImage(reference, request);
  if (present !== undefined) return present;
  const { program, run, env, cwd, signal } = request;
  const pulled = await run(engineOf(program), ['pull', '--quiet', reference], {
    ...{ cwd, env: composeEnv(env), signal, timeoutMs: pullMs, maxBytes: 1_000_000 },
  });
  if (pulled.cancelled) throw cancelled();
  if (pulled.failed) {
    throw new ServeError(composeFailure(program, { ...pulled, image: reference }, pullMs));
  }
  const found = await localImage(reference, request);
  if (found !== undefined) return found;
  const facts = { image: reference, reason: say('engineNoReason') };
  throw new ServeError({
    code: 'image-unavailable',
    ...problemTexts(say('imageUnavailable', facts), say('imageUnavailableSummary', facts)),
  });
}

/**
 * Returns a pinned reference of an image that the engine has; undefined if it does not have it.
 * @throws ServeError if the engine does not answer
 */
export async function localImage(
  reference: string,
  { program, run, env, cwd, signal }: ImageRequest,
): Promise<string | undefined> {
  const result = await run(engineOf(program), ['image', 'inspect', reference], {
    ...{ cwd, env: composeEnv(env), signal, timeoutMs: inspectMs, maxBytes: 4_000_000 },
  });
  if (result.cancelled) throw cancelled();
  if (result.failed) {
    const problem = composeFailure(program, result, inspectMs);
    if (problem.code === 'engine-unreachable' || problem.code === 'engine-denied') {
      throw new ServeError(problem);
    }
    return undefined;
  }
  const [image] = inspected.safeParse(jsonIn(result.stdout)).data ?? [];
  return [...(image?.RepoDigests ?? []), image?.Id ?? ''].find(isPinned);
}
