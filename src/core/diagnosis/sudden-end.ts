import { exitMessage, type ExitStatus } from '../programs/exit-status';
import { oneLine } from '../one-line';
import type { CauseContext, Explanation } from './explanation';
import { beforeFatalError, fatalError } from './fatal-error';
import { wrongVariable } from './python-variables';
import type { Place } from './root-cause';
import { say, type Message } from '../messages/message';

/** How a process ended that could not say why itself. */
export interface SuddenEnd {
  /** The rest of a sentence: "was terminated by SIGSEGV (Segmentation fault)". */
  readonly how: Message;
  /** What to do about it: a sentence without its full stop. */
  readonly advice: string;
  readonly place?: Place;
}

/** What Windows gives as the exit code of a program that crashed. */
const windowsCrashes: Readonly<Record<number, string>> = {
  0xc0000005: 'access violation',
  0xc000001d: 'illegal instruction',
  0xc00000fd: 'stack overflow',
  0xc0000374: 'damaged heap',
};

/** What is known of the end of a Python process that raised nothing: the system's word, and Python's own last ones. */
export function suddenEnd(
  status: ExitStatus,
  stderr: string,
  context: Pick<CauseContext, 'files'>,
): SuddenEnd {
  const fatal = fatalError(stderr);
  const place = fatal?.frames.flatMap((frame): readonly Place[] => {
    const own = context.files.find(frame.file);
    return own === undefined ? [] : [{ ...own, line: frame.line }];
  })[0];
  const crash = fatal?.reason ?? windowsCrashes[status.code ?? 0];
  const how =
    crash === undefined
      ? exitMessage(status)
      : say('exitReason', { exit: exitMessage(status), reason: oneLine(crash) });
  return {
    how,
    advice: adviceFor(status, crash !== undefined),
    ...(place === undefined ? {} : { place }),
  };
}

/** Why Python did not even start: what it says then, and the variable of the environment that it could not use. */
export function refusedStart(
  stderr: string,
  { env }: Pick<CauseContext, 'env'>,
): Pick<Explanation, 'text' | 'advice' | 'setting'> | undefined {
  const fatal = fatalError(stderr);
  if (fatal === undefined || fatal.isRunning) return undefined;
  const said = [fatal.reason.replace(/^\w+: /, ''), fatal.raised].filter(
    (one) => one !== undefined,
  );
  const variable = wrongVariable(`${fatal.reason}\n${fatal.raised ?? ''}`, env);
  return {
    text: `${variable === undefined ? '' : `${variable.text}: `}${oneLine(said.join('; '))}`,
    advice: variable?.advice ?? 'Check the interpreter, or select another one',
    setting: variable?.setting ?? 'serveBento.pythonPath',
  };
}

/** The last lines that a process wrote, for a message; nothing when it was silent. */
export function lastOutput(output: string): string | undefined {
  const lines = beforeFatalError(output)
    .split(/\r?\n|\r/)
    .map((line) => oneLine(line, 150))
    .filter((line) => line !== '');
  return lines.length === 0 ? undefined : lines.slice(-mostLines).join(' | ');
}

const mostLines = 3;

function adviceFor({ signal }: ExitStatus, isCrash: boolean): string {
  if (signal === 'SIGKILL') return 'Free memory, or make it load less';
  if (isCrash || /^SIG(?:SEGV|BUS|ILL|FPE|ABRT|TRAP|SYS)$/.test(signal ?? '')) {
    return 'Native code crashed: check the packages that it uses, such as their versions and drivers';
  }
  if (signal !== null) return 'Find out which program ended it';
  return 'Find what ends the process there, such as os._exit() or native code';
}
