import type { Health } from '../../../health/health-monitor';
import type { Problem } from '../../../model';
import { problemTexts, say, type Argument } from '../../../messages/message';

/** What is known of a component beside the answers of its probes. */
export interface ComponentFacts {
  readonly name: string;
  /** It runs elsewhere: nothing can be done about it here. */
  readonly remote: boolean;
  /** What it waits for; nothing when all it depends on is ready. */
  readonly blockedBy: Argument | undefined;
  /** A Python debugger is at work in the window. */
  readonly isDebugging: boolean;
}

/** What is wrong with a component; nothing when it is ready and so is all it depends on. */
export function healthProblem(
  health: Health,
  { name, remote, blockedBy, isDebugging }: ComponentFacts,
): Problem | undefined {
  const common = { subject: name };
  if (blockedBy !== undefined) {
    const component = blockedBy;
    return {
      ...{ ...common, code: 'not-ready' },
      ...problemTexts(say('waitsFor', { name, component }), say('waitsForSummary', { component })),
    };
  }
  switch (health.status) {
    case 'ready':
      return undefined;
    case 'notReady': {
      const { reason } = health;
      return {
        ...{ ...common, code: 'not-ready' },
        ...problemTexts(say('notReady', { name, reason }), reason),
      };
    }
    case 'unresponsive': {
      const { reason } = health;
      if (isDebugging && !remote) {
        return {
          ...{ ...common, code: 'not-ready' },
          ...problemTexts(say('pausedInDebugger', { name })),
        };
      }
      return {
        ...{ ...common, code: 'unresponsive' },
        ...problemTexts(
          say(remote ? 'unresponsiveElsewhere' : 'unresponsive', { name, reason }),
          reason,
        ),
      };
    }
  }
}
