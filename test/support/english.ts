import type { Localize } from '../../src/vscode/localize';

/** As `vscode.l10n` without a translation. */
export const english: Localize = {
  t: (message, ...args) =>
    message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)])),
};
