import { execa } from 'execa';
import { ServeError } from '../problem';

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of each stream; a program that writes more is ended. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
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

/** Runs a program to its end, without a shell and without input; rejects only with `untrusted`. */
export type Run = (
  file: string,
  args: readonly string[],
  options: RunOptions,
) => Promise<RunResult>;

/** The one way in which short programs are started: asks for the workspace's trust each time. */
export function createRun(isTrusted: () => boolean): Run {
  return async (file, args, options) => {
    if (!isTrusted()) {
      const message = 'The folder is not trusted, so nothing is run: trust it to serve.';
      throw new ServeError({ code: 'untrusted', message });
    }
    // Node runs scripts of Windows through a shell, which no quoting makes safe (CVE-2024-27980).
    if (isWindowsScript(file)) return notStarted('EINVAL');

    const { cwd, env, timeoutMs, maxBytes, signal } = options;
    const result = await execa(file, args, {
      cwd,
      env,
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: timeoutMs,
      maxBuffer: maxBytes,
      encoding: 'utf8',
      killSignal: 'SIGKILL',
      // A wrapper's child would keep the pipes open, and with them us waiting.
      killDescendants: true,
      windowsHide: true,
      ...(signal && { cancelSignal: signal }),
    });
    const { stdout, stderr, failed, timedOut, isCanceled, isMaxBuffer } = result;
    const started = result.exitCode !== undefined || result.signal !== undefined;
    return {
      stdout,
      stderr,
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      failed,
      timedOut,
      cancelled: isCanceled,
      flooded: isMaxBuffer,
      ...(!started && { startError: result.code ?? 'UNKNOWN' }),
    };
  };
}

export const isWindowsScript = (file: string): boolean => /\.(?:bat|cmd)[. ]*$/i.test(file);

const notStarted = (startError: string): RunResult => ({
  stdout: '',
  stderr: '',
  exitCode: null,
  signal: null,
  failed: true,
  timedOut: false,
  cancelled: false,
  flooded: false,
  startError,
});
