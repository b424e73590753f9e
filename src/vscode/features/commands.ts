import { BentoChoice } from '../commands/bento-choice';
import { lazyActions } from '../commands/lazy-actions';
import { registerCommands } from '../commands/register-commands';
import type { ExtensionParts } from '../parts/extension-parts';
import { EngineDocuments } from '../engine/engine-documents';
import { RecentBentos } from '../sources/recent-bentos';
import { StacksDocuments } from '../profile/stacks-documents';
import type { Feature } from './feature';

/** All commands of the manifest. */
export const commands: Feature<ExtensionParts> = {
  name: 'commands',
  register: (parts, own) => {
    const { context, registry, sources, progress, messages, terminals, log, secrets } = parts;
    const stacks = new StacksDocuments();
    const engineDocuments = new EngineDocuments();
    own.push(
      stacks,
      engineDocuments,
      registerCommands({
        manager: registry,
        choice: new BentoChoice(registry, new RecentBentos(context.workspaceState)),
        ...{ progress, messages, terminals, log, secrets },
        discovered: () => sources.whenDone(),
        ...lazyActions(context, { ...parts, stacks, engineDocuments }),
      }),
    );
  },
};
