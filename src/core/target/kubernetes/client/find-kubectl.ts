import * as z from 'zod';
import { findCommand, type CommandSearch } from '../../../interpreter/find-command';
import { jsonIn } from '../../../json';
import { problemTexts, say } from '../../../messages/message';
import type { Run } from '../../../programs/run';
import { cancelled, ServeError } from '../../../problem';
import { kubectlEnv } from './kubectl-env';
import type { KubectlProgram } from './kubectl-program';

export interface KubectlSearch extends CommandSearch {
  readonly run: Run;
  readonly cwd: string;
  readonly signal?: AbortSignal;
}

/** The first version with `auth whoami`, which tells the user's objects from those of others. */
const oldest = { major: 1, minor: 27 };
const timeoutMs = 15_000;

/** The output of `kubectl version`. Vendors add to both: `32+`, `v1.32.4-gke.1`. */
const answer = z.object({
  clientVersion: z.object({ gitVersion: z.string().regex(/^v?\d+\.\d+/) }),
});

/**
 * Finds kubectl on the PATH. Only the environment of the editor decides which one: the settings of a workspace must not
 * choose programs.
 * @throws ServeError `engine-not-found` or `engine-too-old`
 */
export async function findKubectl(search: KubectlSearch): Promise<KubectlProgram> {
  const { run, cwd, env, signal } = search;
  const file = await findCommand('kubectl', search);
  if (file === undefined) {
    throw new ServeError({ code: 'engine-not-found', ...problemTexts(say('kubectlNotFound')) });
  }
  const result = await run(file, ['version', '--client', '--output=json'], {
    ...{ cwd, env: kubectlEnv(env), timeoutMs, maxBytes: 100_000, signal },
  });
  if (signal?.aborted === true) throw cancelled();
  const version = result.failed ? undefined : versionIn(result.stdout);
  if (version === undefined) {
    const detail = result.stderr.slice(-2_000);
    throw new ServeError({
      code: 'engine-not-found',
      ...problemTexts(say('kubectlNotRun', { file })),
      ...(detail === '' ? {} : { detail }),
    });
  }
  const [major = 0, minor = 0] = version.split('.').map(Number.parseFloat);
  if (major < oldest.major || (major === oldest.major && minor < oldest.minor)) {
    const needed = `${oldest.major}.${oldest.minor}`;
    throw new ServeError({
      code: 'engine-too-old',
      ...problemTexts(say('kubectlTooOld', { version, needed })),
    });
  }
  return { file, version };
}

const versionIn = (output: string): string | undefined =>
  answer.safeParse(jsonIn(output)).data?.clientVersion.gitVersion.replace(/^v/, '');
