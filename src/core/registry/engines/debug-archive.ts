import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { problemTexts, say } from '../../messages/message';
import { lastCause } from '../../target/last-cause';
import { cancelled, ServeError } from '../../problem';
import { gatePort } from '../../debug/worker-gate';
import type { EngineDebugStart } from '../../target/engine/debug/engine-debugger';
import type { LaunchContext } from '../launch-context';
import type { EngineParts, OpenedEngine } from './opened-engine';

/** The files that the debugged containers of a bento are started with. */
export interface DebugArchives {
  /** Returns the path of the file, which is the same for the same token. @throws ServeError `debugger` */
  readonly write: (
    start: EngineDebugStart,
    launch: Pick<LaunchContext, 'interpreter' | 'env'>,
    signal: AbortSignal,
  ) => Promise<string>;
  /** Removes the files that no container uses now. Never rejects. @param start absent if nothing is debugged */
  readonly removeOthers: (start?: EngineDebugStart) => Promise<void>;
  /** Removes one file. Never rejects. */
  readonly remove: (start: EngineDebugStart) => Promise<void>;
  /** Removes the files of earlier windows, but none that another window may need for a serve in progress. Never rejects. */
  readonly removeOld: () => Promise<void>;
}

/** Seconds that a starting worker waits for the breakpoints of the editor; then it continues without them. */
const editorLimit = 60;
const limitMs = 60_000;
/** No serve in progress needs a file of this age: its containers exist by then, even if their image was pulled first. */
const oldMs = 3_600_000;

export function debugArchiveFor(
  { context, record }: Pick<EngineParts, 'context' | 'record'>,
  { engine }: Pick<OpenedEngine, 'engine'>,
): DebugArchives {
  const { id, folder, name } = record.bento;
  const bento = createHash('sha256').update(`${folder}\0${id}`).digest('hex').slice(0, 16);
  const own = path.join(context.engines.folder, 'debug', bento);
  // The file contains the token, so its name must not reveal the token.
  const fileOf = ({ token }: EngineDebugStart): string =>
    `${createHash('sha256').update(token).digest('hex').slice(0, 16)}.zip`;
  const removeIf = async (isUnused: (file: string) => Promise<boolean>): Promise<void> => {
    try {
      for (const file of await filesIn(own)) {
        if (await isUnused(file)) await rm(path.join(own, file), { force: true });
      }
    } catch (error) {
      context.log.warn(`${name}: a file of the debugger could not be removed: ${String(error)}`);
    }
  };
  return {
    write: async (start, { interpreter, env }, signal) => {
      const { token, options } = start;
      const file = path.join(own, fileOf(start));
      await mkdir(own, { recursive: true, mode: 0o700 });
      if ((await readdir(own)).includes(fileOf(start))) return file;
      const { subProcess, debugpy } = options;
      const settings = { port: gatePort, token, subProcess, wait: editorLimit };
      const script = path.join(context.scripts, 'debug_bundle.py');
      // A Secret of a cluster can have at most 1 MiB.
      const size = engine.kind === 'kubernetes' ? ['--small'] : [];
      const args = ['-I', '-B', script, file, debugpy, ...size];
      const result = await context.engines.run()(interpreter.path, args, {
        ...{ cwd: own, env, timeoutMs: limitMs, maxBytes: 100_000, signal },
        input: JSON.stringify(settings),
      });
      if (!result.failed && !result.cancelled) return file;
      await rm(file, { force: true });
      if (result.cancelled) throw cancelled();
      const reason = lastCause(result.stderr.trim().split('\n').at(-1) ?? '');
      const message = say('debuggerNotPacked', { bento: name, reason });
      throw new ServeError({
        ...{ code: 'debugger', ...problemTexts(message), detail: result.stderr },
      });
    },
    removeOthers: (start) =>
      removeIf((file) => Promise.resolve(start === undefined || file !== fileOf(start))),
    remove: (start) => removeIf((file) => Promise.resolve(file === fileOf(start))),
    removeOld: () =>
      removeIf(async (file) => {
        const { mtimeMs } = await stat(path.join(own, file));
        return context.clock.date() - mtimeMs > oldMs;
      }),
  };
}

const filesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
