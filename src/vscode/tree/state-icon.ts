import type { BentoState, ComponentState } from '../../core/model';
import type { RowIcon } from './row';

const warning: RowIcon = { id: 'warning', color: 'problemsWarningIcon.foreground' };

/** Shapes as well as colours, for those who do not see one of them. */
export const stateIcons: Readonly<Record<BentoState | ComponentState, RowIcon>> = {
  stopped: { id: 'circle-outline' },
  starting: { id: 'loading~spin' },
  ready: { id: 'pass-filled', color: 'testing.iconPassed' },
  unhealthy: warning,
  degraded: warning,
  backingOff: { id: 'history', color: 'problemsWarningIcon.foreground' },
  stopping: { id: 'sync~spin' },
  failed: { id: 'error', color: 'problemsErrorIcon.foreground' },
};

/** Shown in any state: a component that is paused in the debugger does not answer. */
export const pausedIcon: RowIcon = { id: 'debug-pause', color: 'debugIcon.pauseForeground' };
