import { rm } from 'node:fs/promises';
import path from 'node:path';
import { userFiles } from '../causes/user-files';
import type { Clock } from '../clock';
import { Helper, templateProcess } from '../launch/helper';
import type { TemplateDeath } from '../launch/helper-messages';
import { leftBehind } from '../launch/left-behind/left-behind';
import type { Log } from '../log';
import type { Generation } from '../model';
import { emptyDirectory, makeRunDirectory } from './run-directory';
import { explainTemplateDeath } from './template-death';
import type { TemplateRequest } from './template-request';

/** What is served with: a helper, a run directory, and where it is wanted a process to fork workers from. */
export interface ServingBase {
  readonly helper: Helper;
  readonly directory: string;
  /** Settles when workers can be forked, or with the reason why they are started instead. Never rejects. */
  readonly template: Promise<string | undefined>;
  /** Why workers cannot be forked any more. */
  readonly templateLost: () => string | undefined;
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
  /** Milliseconds after which a template that is not ready is ended. */
  readonly templateLimitMs: number;
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

/** In UTF-16 units, of what the template wrote. */
const longestOutput = 20_000;

/** @throws ServeError as `Helper.start`. */
export async function startBase(
  context: ServingBaseContext,
  { python, env, template, templateLimitMs, folder }: BaseRequest,
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
  let lost: string | undefined;
  const onLost = (why: string): void => void (lost = why);
  const parts = { python, env, directory, folder, limitMs: templateLimitMs, onLost };
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
        : startTemplate(context, helper, { ...template, ...parts }),
    templateLost: () => lost,
  };
}

interface TemplateParts {
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly folder: string;
  readonly stack: Generation;
  readonly preload: readonly string[];
  readonly limitMs: number;
  readonly onLost: (why: string) => void;
}

/** Resolves when workers can be forked, or with the reason why they cannot. */
async function startTemplate(
  context: ServingBaseContext,
  helper: Helper,
  parts: TemplateParts,
): Promise<string | undefined> {
  const { scripts, log, clock } = context;
  const { python, env, directory, folder, stack, preload, limitMs, onLost } = parts;
  const from = clock.now();
  const metrics = path.join(directory, 't');
  let stderr = '';
  helper.onOutput(({ process, stream, text }) => {
    if (process !== templateProcess) return;
    if (stream === 'stderr') stderr = (stderr + text).slice(-longestOutput);
    log.debug(`template: ${text.trimEnd()}`);
  });
  let lateAfterMs: number | undefined;
  const explained = (why: string | TemplateDeath, wasReady: boolean): string => {
    if (typeof why === 'string') return why;
    const death = { ...why, wasReady, ...(lateAfterMs === undefined ? {} : { lateAfterMs }) };
    const files = userFiles([folder]);
    return explainTemplateDeath(death, stderr, preload, { files, env, python });
  };
  const warn = (why: string): void => {
    const written = stderr.trim() === '' ? '' : `\nIt wrote:\n${stderr.trim()}`;
    log.warn(`Workers are started normally, not forked: ${why}${written}`);
  };
  // It dies then, and its last report names the module.
  const limit = clock.after(limitMs, () => {
    lateAfterMs = limitMs;
    helper.kill(templateProcess).catch(() => undefined);
  });
  try {
    await emptyDirectory(metrics);
    const spec = {
      argv: [python, path.join(scripts, 'template.py')],
      // Counted in files where there is such a directory at import; each worker has one of its own.
      env: { ...env, PROMETHEUS_MULTIPROC_DIR: metrics },
      cwd: directory,
      stack,
      preload,
      metrics,
    };
    const outcome = await helper.startTemplate(spec, (reason) => {
      const why = explained(reason, true);
      warn(why);
      onLost(why);
    });
    if (outcome === undefined) {
      log.info(`template ready after ${Math.round(clock.now() - from)} ms`);
      return undefined;
    }
    const why = explained(outcome, false);
    warn(why);
    return why;
  } catch (error) {
    return `the template cannot be started: ${String(error)}`;
  } finally {
    limit.dispose();
  }
}

export async function endBase({ helper, ended }: ServingBase): Promise<void> {
  await helper.end();
  await ended;
}
