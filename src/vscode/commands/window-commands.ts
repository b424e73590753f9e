import * as vscode from 'vscode';
import { openSettings, settingsQuery } from '../problems/open-setting';
import { targetOf } from './target';
import type { CommandGroup, CommandParts } from './command-group';
import { tell } from './tell';

/** Commands on the window: logs, settings, diagnostics, secrets. */
export function windowCommands(
  parts: CommandParts,
): CommandGroup<
  | 'openLog'
  | 'configure'
  | 'refresh'
  | 'showLog'
  | 'copyDiagnostics'
  | 'forgetSecrets'
  | 'createCertificate'
> {
  const { manager, log, secrets, discovered, diagnose } = parts;
  return {
    openLog: async (argument) => {
      await discovered();
      await parts.openLog(targetOf(argument) ?? {});
    },
    configure: async (argument) => {
      const target = targetOf(argument);
      const bento = target && manager.bento(target.bento);
      const component = bento?.components.find(({ id }) => id === target?.component);
      const { problem } = component ?? bento ?? {};
      await openSettings(settingsQuery(problem, component, bento?.source));
    },
    refresh: async () => {
      await manager.refresh();
    },
    showLog: () => Promise.resolve(log.show()),
    copyDiagnostics: async () => {
      await vscode.env.clipboard.writeText(await diagnose());
      tell(vscode.l10n.t('Diagnostics copied.'));
    },
    forgetSecrets: async () => {
      const anyKept = await secrets.forget();
      if (!anyKept) tell(vscode.l10n.t('No secrets are stored.'));
    },
    createCertificate: () => parts.createCertificate(),
  };
}
