import type { Health } from '../../../health/health-monitor';
import type { Problem } from '../../../model';

/** What is known of a component beside the answers of its probes. */
export interface ComponentFacts {
  readonly name: string;
  /** It runs elsewhere: nothing can be done about it here. */
  readonly remote: boolean;
  /** What it waits for, in words; nothing when all it depends on is ready. */
  readonly blockedBy: string | undefined;
  /** A Python debugger is at work in the window. */
  readonly isDebugging: boolean;
}

/** What is wrong with a component; nothing when it is ready and so is all it depends on. */
export function healthProblem(
  health: Health,
  { name, remote, blockedBy, isDebugging }: ComponentFacts,
): Problem | undefined {
  if (blockedBy !== undefined) {
    const summary = `waits for ${blockedBy}`;
    return { code: 'not-ready', message: `${name} ${summary}.`, summary, subject: name };
  }
  switch (health.status) {
    case 'ready':
      return undefined;
    case 'notReady':
      return {
        code: 'not-ready',
        message: `${name} is not ready: ${health.reason}.`,
        summary: health.reason,
        subject: name,
      };
    case 'unresponsive':
      return isDebugging && !remote
        ? {
            code: 'not-ready',
            message: `${name} does not respond, possibly because it is paused in the debugger: resume it there.`,
            subject: name,
          }
        : {
            code: 'unresponsive',
            message: `${name} does not respond: ${health.reason}. ${remote ? 'Check it on the machine where it runs.' : 'Restart it if it does not recover.'}`,
            summary: health.reason,
            subject: name,
          };
  }
}
