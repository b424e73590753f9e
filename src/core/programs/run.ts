import type { Readable, Writable } from 'node:stream';
import { systemClock, type Clock } from '../clock';
import type { Disposable } from '../events';
import { atExit } from './at-exit';
import { SpawnRejectedError } from './spawn-rejected-error';
import { endGroup, interruptGroup } from './process-group';

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** What the program reads from its standard input. Absent: nothing. */
  readonly input?: string;
  /** Its standard input stays open until it ends, or this process does. */
  readonly inputStaysOpen?: boolean;
  /** Default: no limit. */
  readonly timeoutMs?: number;
  /** Of each stream; a program that writes more is ended. */
  readonly maxBytes: number;
  /** Told what it writes to either stream, as it comes, instead of the result, and of any length. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
  /** Gets its standard input, which stays open, and its standard output, which is not in the result. */
  readonly onStarted?: (stdin: Writable, stdout: Readable) => void;
  readonly signal?: AbortSignal | undefined;
  /** Between asking it to end and forcing it, once the signal is aborted. Default: it is forced at once. */
  readonly gracePeriodMs?: number;
}

/** How a short program ended. A null exit code stays null beside its signal. */
export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** It was not successful, for whatever reason. */
  readonly failed: boolean;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** It wrote more than `maxBytes`. */
  readonly flooded: boolean;
  /** The system's code when it could not be started: `ENOENT`, `EACCES`. */
  readonly startError?: string;
}

/** Runs a program to its end, without a shell; rejects only with `untrusted`. */
export type Run = (
  file: string,
  args: readonly string[],
  options: RunOptions,
) => Promise<RunResult>;

/** Runs short programs. `assertTrusted` throws `untrusted`; it is asked each time. */
export function createRun(assertTrusted: () => void, clock: Clock = systemClock): Run {
  return async (file, args, options) => {
    assertTrusted();
    try {
      return await runToEnd(assertTrusted, file, args, options, clock);
    } catch (error) {
      if (error instanceof SpawnRejectedError) return { ...notStarted, startError: error.code };
      throw error;
    }
  };
}

async function runToEnd(
  assertTrusted: () => void,
  file: string,
  args: readonly string[],
  options: RunOptions,
  clock: Clock,
): Promise<RunResult> {
  const { cwd, env, input, timeoutMs, gracePeriodMs, maxBytes, onOutput, signal } = options;
  const { onStarted, inputStaysOpen = onStarted !== undefined } = options;
  const isStreamed = onOutput !== undefined || onStarted !== undefined;
  const { startProgram } = await import('./start-program');
  if (signal?.aborted) return { ...notStarted, cancelled: true };
  const child = startProgram(assertTrusted, file, args, {
    cwd,
    env,
    stdin: input === undefined && !inputStaysOpen ? ('ignore' as const) : ('pipe' as const),
    ...(input === undefined ? {} : { input }),
    buffer: !isStreamed,
    maxBuffer: maxBytes,
    encoding: 'utf8',
    killSignal: 'SIGKILL',
    // A group of its own, to end what a wrapper started too.
    detached: process.platform !== 'win32',
  });
  let grace: Disposable | undefined;
  let endedBy: 'timeout' | 'cancel' | undefined;
  const end = (): void => {
    endGroup(child);
  };
  const cancel = (): void => {
    endedBy ??= 'cancel';
    if (gracePeriodMs === undefined) end();
    else {
      interruptGroup(child);
      grace = clock.after(gracePeriodMs, end);
    }
  };
  const limit =
    timeoutMs === undefined
      ? undefined
      : clock.after(timeoutMs, () => {
          endedBy ??= 'timeout';
          end();
        });
  if (onOutput !== undefined) {
    const own = onStarted === undefined ? (['stdout', 'stderr'] as const) : (['stderr'] as const);
    for (const stream of own) {
      child[stream].setEncoding('utf8').on('data', (text: string) => onOutput(text, stream));
    }
  }
  if (child.stdin !== null) onStarted?.(child.stdin, child.stdout);
  signal?.addEventListener('abort', cancel);
  const atOurExit = atExit(end);
  // What it leaves behind would keep the pipes open, and with them us waiting.
  child.once('exit', end);
  try {
    const result = await child;
    const started = result.exitCode !== undefined || result.signal !== undefined;
    return {
      stdout: isStreamed ? '' : result.stdout,
      stderr: isStreamed ? '' : result.stderr,
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      failed: result.failed || endedBy !== undefined,
      timedOut: endedBy === 'timeout',
      cancelled: endedBy === 'cancel',
      flooded: result.isMaxBuffer,
      ...(!started && { startError: result.code ?? 'UNKNOWN' }),
    };
  } finally {
    limit?.dispose();
    grace?.dispose();
    signal?.removeEventListener('abort', cancel);
    atOurExit.dispose();
  }
}

const notStarted: RunResult = {
  stdout: '',
  stderr: '',
  exitCode: null,
  signal: null,
  failed: true,
  timedOut: false,
  cancelled: false,
  flooded: false,
};
