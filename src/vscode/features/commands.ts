import { BentoChoice } from '../commands/bento-choice';
import { lazyActions } from '../commands/lazy-actions';
import { registerCommands } from '../commands/register-commands';
import type { ExtensionParts } from '../parts/extension-parts';
import { RecentBentos } from '../sources/recent-bentos';
import { StacksDocuments } from '../profile/stacks-documents';
import type { Feature } from './feature';

/** All commands of the manifest. */
export const commands: Feature<ExtensionParts> = {
  name: 'commands',
  register: (parts, own) => {
    const { context, registry, sources, progress, messages, terminals, log, secrets } = parts;
    const stacks = new StacksDocuments();
    own.push(
      stacks,
      registerCommands({
        manager: registry,
        choice: new BentoChoice(registry, new RecentBentos(context.workspaceState)),
        ...{ progress, messages, terminals, log, secrets },
        discovered: () => sources.whenDone(),
        ...lazyActions(context, { ...parts, stacks }),
      }),
    );
  },
};
