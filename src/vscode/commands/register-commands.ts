import * as vscode from 'vscode';
import { commandIds, type CommandName } from '../identifiers';
import type { CommandGroup, CommandParts } from './command-group';
import { debugCommands } from './debug-commands';
import { componentCommands } from './component-commands';
import { engineCommands } from './engine-commands';
import { exportCommands } from './export-commands';
import { inspectionCommands } from './inspection-commands';
import { serveCommands } from './serve-commands';
import { storeCommands } from './store-commands';
import { windowCommands } from './window-commands';

export function registerCommands(parts: CommandParts): vscode.Disposable {
  const handlers: CommandGroup<CommandName> = {
    ...serveCommands(parts),
    ...componentCommands(parts),
    ...engineCommands(parts),
    ...inspectionCommands(parts),
    ...debugCommands(parts),
    ...storeCommands(parts),
    ...exportCommands(parts),
    ...windowCommands(parts),
  };
  return vscode.Disposable.from(
    ...(Object.keys(handlers) as CommandName[]).map((name) =>
      vscode.commands.registerCommand(commandIds[name], async (argument: unknown) => {
        try {
          await handlers[name](argument);
        } catch (error) {
          // The command is over; the message may stay.
          void parts.messages.show(error);
        }
      }),
    ),
  );
}
