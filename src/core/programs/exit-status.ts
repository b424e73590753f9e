import { say, textOf, type Message } from '../messages/message';

/** How a process ended; a null code stays null beside its signal. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

export function exitMessage({ code, signal }: ExitStatus): Message {
  if (signal === 'SIGKILL') return say('exitKilled');
  if (signal === 'SIGBUS') return say('exitNoSpace');
  if (signal !== null) return say('exitSignal', { signal });
  return code === null ? say('exitUnknown') : say('exitCode', { code });
}

/** The same in English, for logs. */
export const describeExit = (status: ExitStatus): string => textOf(exitMessage(status));
