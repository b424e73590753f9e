import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock';
import { Helper, templateProcess } from '../launch/helper';
import { leftBehind } from '../launch/left-behind/left-behind';
import type { Log } from '../log';
import type { Generation } from '../model';
import { emptyDirectory, makeRunDirectory } from './run-directory';
import type { TemplateRequest } from './template-request';

/** What is served with: a helper, a run directory, and where it is wanted a process to fork workers from. */
export interface ServingBase {
  readonly helper: Helper;
  readonly directory: string;
  /** Settles when workers can be forked, or with the reason why they are started instead. Never rejects. */
  readonly template: Promise<string | undefined>;
  /** Settles when the helper has ended and the directory is gone. Never rejects. */
  readonly ended: Promise<unknown>;
  /** Whose workers can be. */
  readonly stack: Generation | undefined;
  /** Serves with the same key can have it one after the other. */
  readonly key: string;
  /** Of the bento that has it, or had it last. */
  readonly folder: string;
}

export interface BaseRequest {
  /** The workspace folder that it is for. */
  readonly folder: string;
  readonly python: string;
  /** The environment of every component. */
  readonly env: Readonly<Record<string, string>>;
  readonly template: TemplateRequest;
}

/** What starting one needs of the world. */
export interface ServingBaseContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly processEnv: NodeJS.ProcessEnv;
  readonly scripts: string;
  readonly runFiles: string;
  readonly assertTrusted: () => void;
}

/** @throws ServeError as `Helper.start`. */
export async function startBase(
  context: ServingBaseContext,
  { python, env, template, folder }: BaseRequest,
  key: string,
  cancel: AbortSignal,
): Promise<ServingBase> {
  const { platform, processEnv, scripts, runFiles, assertTrusted, log, clock } = context;
  const directory = await makeRunDirectory(processEnv, log);
  const { runs } = leftBehind({ folder: runFiles, platform, assertTrusted, log, clock });
  // A helper removes it at its end; one that was killed, or never came to be, has not done it.
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  let helper: Helper;
  try {
    cancel.throwIfAborted();
    const own = { python, scripts, env, assertTrusted, log, directory, runs, cancel };
    helper = await Helper.start(own);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    key,
    folder,
    helper,
    ended: helper.ended.then(remove).catch((error: unknown) => {
      log.warn(`${directory} cannot be removed: ${String(error)}`);
    }),
    directory,
    stack: 'without' in template ? undefined : template.stack,
    template:
      'without' in template
        ? Promise.resolve(template.without)
        : startTemplate(context, helper, { ...template, python, env, directory }),
  };
}

async function startTemplate(
  { scripts, log, clock }: ServingBaseContext,
  helper: Helper,
  parts: {
    readonly python: string;
    readonly env: Readonly<Record<string, string>>;
    readonly directory: string;
    readonly stack: Generation;
    readonly preload: readonly string[];
  },
): Promise<string | undefined> {
  const { python, env, directory, stack, preload } = parts;
  const from = clock.now();
  const metrics = path.join(directory, 't');
  helper.onOutput(({ process, text }) => {
    if (process === templateProcess) log.debug(`template: ${text.trimEnd()}`);
  });
  try {
    await emptyDirectory(metrics);
    const why = await helper.startTemplate({
      argv: [python, path.join(scripts, 'template.py')],
      // Counted in files where there is such a directory at import; each worker has one of its own.
      env: { ...env, PROMETHEUS_MULTIPROC_DIR: metrics },
      cwd: directory,
      stack,
      preload,
      metrics,
    });
    const took = Math.round(clock.now() - from);
    if (why === undefined) log.info(`template ready after ${took} ms`);
    else log.warn(`Workers are started, not forked: ${why}`);
    return why;
  } catch (error) {
    return `the template cannot be started: ${String(error)}`;
  }
}

export async function endBase({ helper, ended }: ServingBase): Promise<void> {
  await helper.end();
  await ended;
}
