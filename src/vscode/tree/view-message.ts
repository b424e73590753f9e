import type { Localize } from '../localize';

/** The line above the rows, where they do not say what holds for all of them. */
export const viewMessage = (isTrusted: boolean, l10n: Localize): string | undefined =>
  isTrusted
    ? undefined
    : l10n.t(
        'Restricted Mode: nothing is served until you trust this folder. Run "Workspaces: Manage Workspace Trust" to change it.',
      );
