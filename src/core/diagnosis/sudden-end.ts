import { exitMessage, type ExitStatus } from '../programs/exit-status';
import { oneLine } from '../one-line';
import type { CauseContext, Explanation } from './explanation';
import { beforeFatalError, fatalError } from './fatal-error';
import { wrongVariable } from './python-variables';
import type { Place } from './root-cause';
import { oneLineMessage, say, type Message } from '../messages/message';

/** How a process ended that could not say why itself. */
export interface SuddenEnd {
  /** The rest of a sentence: "was terminated by SIGSEGV (Segmentation fault)". */
  readonly how: Message;
  /** What to do about it: a sentence without its full stop. */
  readonly advice: Message;
  readonly place?: Place;
}

/** What Windows gives as the exit code of a program that crashed. */
const windowsCrashes: Readonly<Record<number, Message>> = {
  0xc0000005: say('crashAccess'),
  0xc000001d: say('crashInstruction'),
  0xc00000fd: say('crashStack'),
  0xc0000374: say('crashHeap'),
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
      : say('exitReason', { exit: exitMessage(status), reason: oneLineMessage(crash, 300) });
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
  const reason = oneLine(said.join('; '));
  return {
    text:
      variable === undefined
        ? reason
        : say('variableRefused', { variables: variable.text, reason }),
    advice: variable?.advice ?? say('fixPython'),
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

function adviceFor({ signal }: ExitStatus, isCrash: boolean): Message {
  if (signal === 'SIGKILL') return say('fixMemory');
  if (isCrash || /^SIG(?:SEGV|BUS|ILL|FPE|ABRT|TRAP|SYS)$/.test(signal ?? '')) {
    return say('fixNativeCode');
  }
  if (signal !== null) return say('fixSignal');
  return say('fixSilentEnd');
}
