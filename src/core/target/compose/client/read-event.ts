import * as z from 'zod';

/** A line of `compose events --json`. */
const event = z.object({ type: z.literal('container').optional(), action: z.string() });

/** What health checks do many times a minute changes nothing by itself. */
const withoutEffect = /^(?:exec_|attach|resize|top|archive-path|export|copy)/;

/** Whether a line of `compose events --json` says that the state of a container may be another one now. */
export function isChange(line: string): boolean {
  try {
    const { data } = event.safeParse(JSON.parse(line));
    return data !== undefined && !withoutEffect.test(data.action);
  } catch {
    return false;
  }
}
