import type { Frame } from './traceback';

/** What Python, or its faulthandler, says when it ends without an exception. */
export interface FatalError {
  /** `Segmentation fault`; `init_sys_streams: can't initialize sys standard streams`. */
  readonly reason: string;
  /** The exception that Python could not start because of. */
  readonly raised?: string;
  /** Python had started before. */
  readonly isRunning: boolean;
  /** The innermost call first. */
  readonly frames: readonly Frame[];
}

const fatal = /^(?:Fatal Python error|Windows fatal exception): (.+)$/;
const state = /^Python runtime state: (.+)$/;
const current = /^Current thread .*\(most recent call first\):$/;
const frameLine = /^ {2}File "(.+?)", line ([1-9]\d{0,8}) in .*$/;
const exception = /^([A-Z]\w*(?:Error|Exception): .+)$/;

/** The last fatal error in the output of a process. */
export function fatalError(output: string): FatalError | undefined {
  const lines = output.split(/\r?\n/);
  const start = lines.findLastIndex((line) => fatal.test(line));
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const raised = rest.find((line) => exception.test(line));
  const before = rest.map((line) => state.exec(line)?.[1]).find((one) => one !== undefined);
  return {
    isRunning: before === undefined || before === 'initialized',
    reason: fatal.exec(lines[start] ?? '')?.[1] ?? '',
    ...(raised === undefined ? {} : { raised }),
    frames: currentFrames(rest),
  };
}

function currentFrames(lines: readonly string[]): readonly Frame[] {
  const start = lines.findIndex((line) => current.test(line));
  if (start < 0) return [];
  const frames: Frame[] = [];
  for (const line of lines.slice(start + 1)) {
    const found = frameLine.exec(line);
    if (found === null) break;
    frames.push({ file: found[1] ?? '', line: Number(found[2]) });
  }
  return frames;
}

/** What a process said before the fatal error, or all of it. */
export function beforeFatalError(output: string): string {
  const lines = output.split(/\r?\n/);
  const start = lines.findLastIndex((line) => fatal.test(line));
  return start < 0 ? output : lines.slice(0, start).join('\n');
}
