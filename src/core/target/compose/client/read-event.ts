import * as z from 'zod';
import { jsonIn } from '../../../json';

/** A line of `compose events --json`. */
const event = z.object({ type: z.literal('container').optional(), action: z.string() });

/** Matches actions that do not change the state of a container, such as those of health checks. */
const withoutEffect = /^(?:exec_|attach|resize|top|archive-path|export|copy)/;

/** Whether a line of `compose events --json` means that the state of a container may have changed. */
export function isChange(line: string): boolean {
  const { data } = event.safeParse(jsonIn(line));
  return data !== undefined && !withoutEffect.test(data.action);
}
