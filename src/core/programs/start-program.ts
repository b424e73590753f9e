import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { execa, type Options, type ResultPromise } from 'execa';
import { forLog, type LogText } from '../log';
import { SpawnRejectedError } from './spawn-rejected-error';
import { isWindowsScript } from './windows-script';

/** What is the same for every program: no shell, nothing inherited, its end is data and not an error. */
const always = { shell: false, extendEnv: false, reject: false, cleanup: false, windowsHide: true };

type Always = {
  readonly shell: false;
  readonly extendEnv: false;
  readonly reject: false;
};

export interface ProgramOptions extends Pick<
  Options,
  'cwd' | 'input' | 'buffer' | 'maxBuffer' | 'encoding' | 'killSignal' | 'detached'
> {
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: 'ignore' | 'pipe';
}

/**
 * The one place where the extension starts a process. Whoever starts one sees to its end. Loaded with
 * `import()` at the first program.
 * @param assertTrusted throws when the workspace is not trusted; asked each time.
 * @throws SpawnRejectedError, and what `assertTrusted` throws; a program that the system does not start is a result.
 */
export function startProgram<Own extends ProgramOptions>(
  assertTrusted: () => void,
  file: string,
  args: readonly string[],
  options: Own,
): ResultPromise<Own & Always> {
  assertTrusted();
  const danger = dangerOf(file);
  if (danger !== undefined)
    throw new SpawnRejectedError('EINVAL', `${JSON.stringify(file)} ${danger.inLog}`);
  assertDescriptors();
  return execa(file, args, { ...options, ...always } as Own & Always);
}

function dangerOf(file: string): LogText | undefined {
  if (file === '') return forLog('is no program');
  if (file.startsWith('-')) return forLog('would be taken for an option');
  if (file.includes('\0')) return forLog('is no path');
  // Without an ending it is looked for, and what is found may be a script.
  const isWindowsProgram = process.platform !== 'win32' || /\.exe$/i.test(file);
  const isScript = isWindowsScript(file) || !isWindowsProgram;
  return isScript ? forLog('would run in a shell') : undefined;
}

/** Both ends of three pipes, and what the system itself needs to start a program. */
const descriptorsNeeded = 10;

/** Without them, Node emits an error on a process that nobody has got yet, which would end the extension host. */
function assertDescriptors(): void {
  const opened: number[] = [];
  try {
    for (let count = 0; count < descriptorsNeeded; count++) opened.push(openSync(devNull, 'r'));
  } catch {
    throw new SpawnRejectedError('EMFILE', 'too many files are open');
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
