import { say, type Message } from '../messages/message';
import type { Launcher } from '../plan/launcher';
import type { PlannedComponent } from '../plan/plan';

/** Why a component cannot be debugged; nothing when it can be. */
export function notDebuggable(
  { name, remote, listens }: Pick<PlannedComponent, 'name' | 'remote' | 'listens'>,
  { launcher, platform }: { readonly launcher: Launcher; readonly platform: NodeJS.Platform },
): Message | undefined {
  if (platform === 'win32') return say('notDebuggableOnWindows', { name });
  if (remote !== undefined) return say('notDebuggableElsewhere', { name, address: remote });
  // A program of its own: `cmd=` of a class service, or Triton's server.
  if (listens !== undefined) return say('notDebuggableProgram', { name });
  // BentoML's arbiter starts the workers itself, without what lets them attach.
  return launcher === 'cli' ? say('notDebuggableCli', { name }) : undefined;
}
