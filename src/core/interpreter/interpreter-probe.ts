import { posix, win32 } from 'node:path';
import { lastOutput, refusedStart, suddenEnd } from '../diagnosis/sudden-end';
import { userFiles } from '../diagnosis/user-files';
import type { Run, RunResult } from '../programs/run';
import { isWindowsScript } from '../programs/windows-script';
import { cancelled } from '../problem';
import { componentEnvironment } from '../settings/component-environment';
import type { ServeSettings } from '../settings/serve-settings';
import {
  readDebugpyReport,
  readProbeReport,
  readPythonTools,
  type DebugpyReport,
  type ProbeReport,
  type PythonTools,
} from './probe-report';
import { say, type Argument, type Message } from '../messages/message';

export interface ProbeRequest {
  /** Where the real run starts. */
  readonly workingDir: string;
  readonly settings: Pick<ServeSettings, 'env'>;
  readonly signal?: AbortSignal | undefined;
}

export type ProbeOutcome<Report = ProbeReport> =
  | { readonly ok: true; readonly report: Report }
  /** `why` completes "/usr/bin/python3 …". */
  | { readonly ok: false; readonly why: Message; readonly detail?: string };

export interface ProbeContext {
  readonly run: Run;
  /** The absolute path of `probe.py`. */
  readonly script: string;
  /** A folder with nothing of the workspace in it: the extension's own. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

const timeoutMs = 10_000;
const maxBytes = 64 * 1024;

/** Variables that `-I` ignores and the real run obeys. */
const obeyed = ['PYTHONPATH', 'PYTHONUSERBASE', 'PYTHONNOUSERSITE'] as const;

/** Runs an interpreter once, isolated from the workspace, and asks what it is. */
export class InterpreterProbe {
  readonly #around: ProbeContext;

  constructor(surroundings: ProbeContext) {
    this.#around = surroundings;
  }

  /** What the answer depends on beside the interpreter itself. */
  variables({ settings, workingDir }: ProbeRequest): Record<string, string> {
    const { env, platform } = this.#around;
    const real = componentEnvironment(env, settings, {}, platform);
    const paths = platform === 'win32' ? win32 : posix;
    const variables: Record<string, string> = {};
    for (const name of obeyed) {
      const value = real[name];
      if (value === undefined || value === '') continue;
      const folders = value.split(paths.delimiter).filter((folder) => folder !== '');
      variables[name] =
        name === 'PYTHONPATH'
          ? folders.map((folder) => paths.resolve(workingDir, folder)).join(paths.delimiter)
          : value;
    }
    return variables;
  }

  probe(path: string, request: ProbeRequest): Promise<ProbeOutcome> {
    return this.#run(path, request, [], readProbeReport);
  }

  /** What can install packages into it and build bentos with it. */
  tools(path: string, request: ProbeRequest): Promise<ProbeOutcome<PythonTools>> {
    return this.#run(path, request, ['tools'], readPythonTools);
  }

  /** Which debugpy it has, and what could install one. */
  debugpy(path: string, request: ProbeRequest): Promise<ProbeOutcome<DebugpyReport>> {
    return this.#run(path, request, ['debugpy'], readDebugpyReport);
  }

  async #run<Report>(
    path: string,
    request: ProbeRequest,
    args: readonly string[],
    read: (stdout: string) => Report | undefined,
  ): Promise<ProbeOutcome<Report>> {
    const { run, script, cwd, env, platform } = this.#around;
    if (platform === 'win32' && isWindowsScript(path)) {
      return {
        ok: false,
        why: say('pythonIsScript'),
      };
    }
    const clean = componentEnvironment(env, request.settings, {}, platform);
    const kept = Object.entries(clean).filter(([name]) => !/^PYTHON/i.test(name));
    const variables = JSON.stringify(this.variables(request));
    const result = await run(path, ['-I', '-B', script, variables, ...args], {
      cwd,
      // A shim of pyenv finds the project's version by this folder instead of its own.
      env: { ...Object.fromEntries(kept), PYENV_DIR: request.workingDir },
      timeoutMs,
      maxBytes,
      signal: request.signal,
    });
    if (result.cancelled) throw cancelled();
    const report = result.failed ? undefined : read(result.stdout);
    if (report !== undefined) return { ok: true, report };
    return { ok: false, why: whyOf(result), ...detailOf(result) };
  }
}

function whyOf(result: RunResult): Message {
  if (result.timedOut) return say('pythonSilent', { seconds: timeoutMs / 1000 });
  if (result.flooded) return say('pythonFloods', { size: maxBytes / 1024 });
  switch (result.startError) {
    case undefined:
      break;
    case 'ENOENT':
      return say('fileMissing');
    case 'EACCES':
    case 'EPERM':
      return say('pythonForbidden');
    case 'EINVAL':
      return say('pythonUnsafe');
    default:
      return say('pythonNotRunCode', { code: result.startError });
  }
  const last = lastOutput(result.stderr) ?? lastOutput(result.stdout);
  const cause = result.failed
    ? say('pythonNotRun', { reason: deathOf(result) })
    : say('pythonOther');
  return last === undefined ? cause : say('causeOutput', { cause, output: last });
}

/** How it ended, or why Python did not even start. */
function deathOf({ exitCode, signal, stderr }: RunResult): Argument {
  const refused = refusedStart(stderr, { env: {} });
  if (refused !== undefined) return refused.text;
  const end = suddenEnd({ code: exitCode, signal }, stderr, { files: userFiles([]) });
  return say('pythonDied', { how: end.how });
}

function detailOf({ stdout, stderr }: RunResult): { detail?: string } {
  const said = (stderr.trim() || stdout.trim()).slice(-4000);
  return said === '' ? {} : { detail: said };
}
