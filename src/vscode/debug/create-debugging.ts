import { systemClock } from '../../core/clock';
import type { BentoChoice } from '../commands/bento-choice';
import type { ExtensionParts } from '../parts/extension-parts';
import { DebugConfigurations } from './debug-configurations';
import { DebugSessions } from './debug-sessions';
import { debugpySource } from './debugpy-source';

export interface Debugging {
  readonly sessions: DebugSessions;
  readonly configurations: DebugConfigurations;
}

type Needed = Pick<ExtensionParts, 'context' | 'registry' | 'sources' | 'messages' | 'progress'>;

export function createDebugging(parts: Needed, choice: BentoChoice): Debugging {
  const { registry, sources, messages, progress } = parts;
  const debugpy = debugpySource(parts);
  const sessions = new DebugSessions({ registry, progress, messages, debugpy, clock: systemClock });
  const discovered = (): Promise<unknown> => sources.whenDone();
  const configurations = new DebugConfigurations({
    ...{ manager: registry, choice, sessions, messages, discovered },
  });
  return { sessions, configurations };
}
