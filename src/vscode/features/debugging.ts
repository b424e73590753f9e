import * as vscode from 'vscode';
import { BentoChoice } from '../commands/bento-choice';
import { contextKeys, debugType } from '../identifiers';
import { asSignal } from '../lifecycle/as-signal';
import type { ExtensionParts } from '../parts/extension-parts';
import { RecentBentos } from '../sources/recent-bentos';
import type { Feature } from './feature';

/** Debug sessions of bentos, and the configurations of `launch.json`. Its modules are loaded at their first use. */
export const debugging: Feature<ExtensionParts> = {
  name: 'debugging',
  register: (parts, own) => {
    const { context, registry } = parts;
    void vscode.commands.executeCommand(
      'setContext',
      contextKeys.canDebug,
      process.platform !== 'win32',
    );
    let loaded: ReturnType<typeof load> | undefined;
    const load = async () => {
      const { createDebugging } = await import('../on-demand');
      const choice = new BentoChoice(registry, new RecentBentos(context.workspaceState));
      return createDebugging(parts, choice);
    };
    const debugging = (): ReturnType<typeof load> => (loaded ??= load());
    const { Initial, Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
    own.push(
      vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
        createDebugAdapterDescriptor: async (session) =>
          (await debugging()).sessions.createDebugAdapterDescriptor(session),
      }),
    );
    own.push(
      vscode.debug.registerDebugConfigurationProvider(
        debugType,
        {
          provideDebugConfigurations: async (folder) =>
            (await debugging()).configurations.initial(folder),
          resolveDebugConfiguration: async (folder, configuration, token) =>
            (await debugging()).configurations.resolve(
              folder,
              configuration,
              token === undefined ? new AbortController().signal : asSignal(token),
            ),
        },
        Initial,
      ),
    );
    own.push(
      vscode.debug.registerDebugConfigurationProvider(
        debugType,
        {
          provideDebugConfigurations: async (folder) =>
            (await debugging()).configurations.dynamic(folder),
        },
        Dynamic,
      ),
    );
  },
};
