import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
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
  readonly write: (start: EngineDebugStart, signal: AbortSignal) => Promise<string>;
  /** Removes the files that no container uses now. @param start absent if nothing is debugged */
  readonly removeOthers: (start: EngineDebugStart | undefined) => Promise<void>;
}

/** Seconds that a starting worker waits for the breakpoints of the editor; then it continues without them. */
const editorLimit = 60;
const limitMs = 60_000;

export function debugArchiveFor(
  { context, record }: EngineParts,
  { interpreter, env }: Pick<LaunchContext, 'interpreter' | 'env'>,
  { engine }: Pick<OpenedEngine, 'engine'>,
): DebugArchives {
  const { id, folder, name } = record.bento;
  const bento = createHash('sha256').update(`${folder}\0${id}`).digest('hex').slice(0, 16);
  const own = path.join(context.engines.folder, 'debug', bento);
  // The file contains the token, so its name must not reveal the token.
  const fileOf = ({ token }: EngineDebugStart): string =>
    `${createHash('sha256').update(token).digest('hex').slice(0, 16)}.zip`;
  return {
    write: async (start, signal) => {
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
      if (result.cancelled) throw cancelled();
      if (!result.failed) return file;
      await rm(file, { force: true });
      const reason = lastCause(result.stderr.trim().split('\n').at(-1) ?? '');
      const message = say('debuggerNotPacked', { bento: name, reason });
      throw new ServeError({
        ...{ code: 'debugger', ...problemTexts(message), detail: result.stderr },
      });
    },
    removeOthers: async (start) => {
      const names = await readdir(own).catch(() => []);
      const others = names.filter((one) => start === undefined || one !== fileOf(start));
      await Promise.all(others.map((one) => rm(path.join(own, one), { force: true })));
    },
  };
}
