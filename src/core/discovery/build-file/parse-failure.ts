import type { Argument } from '../../messages/message';
import { MessageError } from '../../messages/message-error';

/** The reason why a build file could not be parsed; of an error of its parser, the first line. */
export function parseFailure(error: unknown): Argument {
  if (error instanceof MessageError) return error.reason;
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
