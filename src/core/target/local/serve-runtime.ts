import { rm } from 'node:fs/promises';
import path from 'node:path';
import { userFiles } from '../../diagnosis/user-files';
import type { Clock } from '../../clock';
import { Helper } from './helper/helper';
import type { ForkServerDeath } from './helper/helper-messages';
import { orphanTracking } from '../../orphans/orphans';
import { forkServerProcess, type ProcessHost } from './helper/process-host';
import { forLog, type Log, type LogText } from '../../log';
import type { Generation } from '../../model';
import { emptyDirectory, isWhole, makeRunDirectory } from './run-directory';
import { prepareBytecodeFolder } from './fork-server/bytecode-folder';
import { explainForkServerDeath } from './fork-server/fork-server-death';
import type { ForkServerRequest } from './fork-server/fork-server-request';

/** What is served with: a helper, a run directory, and where it is wanted a process to fork workers from. */
export interface ServeRuntime {
  readonly helper: ProcessHost;
  readonly directory: string;
  /** Settles when a planner can be forked, which is before workers can be, or to false if none can be. Never rejects. */
  readonly canPlan: Promise<boolean>;
  /** Settles when workers can be forked, or with the reason why they are started instead. Never rejects. */
  readonly forkServer: Promise<LogText | undefined>;
  /** Why workers cannot be forked any more. */
  readonly forkServerLost: () => LogText | undefined;
  /** Settles when the helper has ended and the directory is gone. Never rejects. */
  readonly ended: Promise<unknown>;
  /** Whose workers can be. */
  readonly stack: Generation | undefined;
  /** Serves with the same key can have it one after the other. */
  readonly key: string;
  /** Of the bento that has it, or had it last. */
  readonly folder: string;
  /** Ends the idle priority of the fork server. Call this before a bento is served with it. */
  readonly prioritize: () => Promise<void>;
  /** Whether a bento can be served with it: its directory is there and has room. */
  readonly isWhole: () => Promise<boolean>;
}

export interface BaseRequest {
  /** The workspace folder that it is for. */
  readonly folder: string;
  readonly python: string;
  /** The environment of every component. */
  readonly env: Readonly<Record<string, string>>;
  readonly forkServer: ForkServerRequest;
  /** Milliseconds after which a fork server that is not ready is ended. */
  readonly forkServerLimitMs: number;
  /** Whether the fork server has idle priority, because no serve waits for it. Default: false. */
  readonly idle?: boolean;
}

/** What starting one needs of the world. */
export interface ServeRuntimeContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly processEnv: NodeJS.ProcessEnv;
  readonly scripts: string;
  readonly runFiles: string;
  /** A folder for bytecode that Python cannot cache next to the modules. */
  readonly bytecode: string;
  readonly assertTrusted: () => void;
}

/** In UTF-16 units, of what the fork server wrote. */
const longestOutput = 20_000;

/** @throws ServeError as `Helper.start`. */
export async function startBase(
  context: ServeRuntimeContext,
  { python, env, forkServer, forkServerLimitMs, folder, idle = false }: BaseRequest,
  key: string,
  cancel: AbortSignal,
): Promise<ServeRuntime> {
  const { platform, processEnv, scripts, runFiles, assertTrusted, log, clock } = context;
  const directory = await makeRunDirectory(processEnv, log);
  const { runs } = orphanTracking({ folder: runFiles, platform, assertTrusted, log, clock });
  // A helper removes it at its end; one that was killed, or never came to be, has not done it.
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  let helper: ProcessHost;
  try {
    cancel.throwIfAborted();
    const own = { python, scripts, env, assertTrusted, log, clock, directory, runs, cancel };
    helper = await Helper.start(own);
  } catch (error) {
    await remove();
    throw error;
  }
  let lost: LogText | undefined;
  const onLost = (why: LogText): void => void (lost = why);
  const plannable = Promise.withResolvers<boolean>();
  const onCanPlan = (): void => plannable.resolve(true);
  const limitMs = forkServerLimitMs;
  const parts = { python, env, directory, folder, idle, limitMs, onCanPlan, onLost };
  const started =
    'without' in forkServer
      ? Promise.resolve(forkServer.without)
      : startForkServer(context, helper, { ...forkServer, ...parts });
  let isIdle = idle;
  return {
    key,
    folder,
    helper,
    ended: helper.ended.then(remove).catch((error: unknown) => {
      log.warn(`${directory} cannot be removed: ${String(error)}`);
    }),
    directory,
    prioritize: async () => {
      if (!isIdle) return;
      isIdle = false;
      await helper.prioritizeForkServer();
    },
    isWhole: () => isWhole(directory),
    stack: 'without' in forkServer ? undefined : forkServer.stack,
    canPlan: Promise.race([plannable.promise, started.then((why) => why === undefined)]),
    forkServer: started,
    forkServerLost: () => lost,
  };
}

interface ForkServerParts {
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly folder: string;
  readonly stack: Generation;
  readonly preload: readonly string[];
  readonly idle: boolean;
  readonly limitMs: number;
  readonly onCanPlan: () => void;
  readonly onLost: (why: LogText) => void;
}

/** Resolves when workers can be forked, or with the reason why they cannot. */
async function startForkServer(
  context: ServeRuntimeContext,
  helper: ProcessHost,
  parts: ForkServerParts,
): Promise<LogText | undefined> {
  const { scripts, log, clock, bytecode } = context;
  const { python, env, directory, folder, stack, preload, idle, limitMs, onCanPlan, onLost } =
    parts;
  const from = clock.now();
  const metrics = path.join(directory, 't');
  let stderr = '';
  helper.onOutput(({ process, stream, text }) => {
    if (process !== forkServerProcess) return;
    if (stream === 'stderr') stderr = (stderr + text).slice(-longestOutput);
    log.debug(`fork server: ${text.trimEnd()}`);
  });
  let lateAfterMs: number | undefined;
  const explained = (why: LogText | ForkServerDeath, wasReady: boolean): LogText => {
    if ('inLog' in why) return why;
    const death = { ...why, wasReady, ...(lateAfterMs === undefined ? {} : { lateAfterMs }) };
    const files = userFiles([folder]);
    return explainForkServerDeath(death, stderr, preload, { files, env, python });
  };
  const warn = (why: LogText): void => {
    const written = stderr.trim() === '' ? '' : `\nIt wrote:\n${stderr.trim()}`;
    log.warn(`Workers are started normally, not forked: ${why.inLog}${written}`);
  };
  // It dies then, and its last report names the module.
  const limit = clock.after(limitMs, () => {
    lateAfterMs = limitMs;
    helper.kill(forkServerProcess).catch(() => undefined);
  });
  try {
    await emptyDirectory(metrics);
    await prepareBytecodeFolder(bytecode, clock.date());
    const spec = {
      argv: [python, path.join(scripts, 'fork_server.py')],
      // Counted in files where there is such a directory at import; each worker has one of its own.
      env: { ...env, PROMETHEUS_MULTIPROC_DIR: metrics },
      cwd: directory,
      stack,
      preload,
      metrics,
      bytecode,
      idle,
    };
    const outcome = await helper.startForkServer(spec, {
      onCanPlan,
      onLost: (reason) => {
        const why = explained(reason, true);
        warn(why);
        onLost(why);
      },
    });
    if (outcome === undefined) {
      log.info(`fork server ready after ${Math.round(clock.now() - from)} ms`);
      return undefined;
    }
    const why = explained(outcome, false);
    warn(why);
    return why;
  } catch (error) {
    return forLog(`the fork server cannot be started: ${String(error)}`);
  } finally {
    limit.dispose();
  }
}

export async function endBase({ helper, ended }: ServeRuntime): Promise<void> {
  await helper.end();
  await ended;
}
