import { systemClock } from '../../core/clock';
import { ServeWithProgress } from '../lifecycle/serve-with-progress';
import type { Install, Serving } from '../problems/problem-actions';
import { ProblemMessages } from '../problems/problem-messages';
import { Terminals } from '../terminals/terminals';
import type { ExtensionParts } from './extension-parts';

type MessageParts = Pick<
  ExtensionParts,
  'terminals' | 'messages' | 'progress' | 'install' | 'tools'
>;
type Needed = Pick<ExtensionParts, 'context' | 'log' | 'secrets' | 'sources' | 'registry'>;

/** Creates the terminals, the messages about problems and their next steps, which need each other. */
export function createMessages({ context, log, secrets, sources, registry }: Needed): MessageParts {
  const terminals = new Terminals({
    manager: registry,
    clock: systemClock,
    onInterrupt: (bento, component) => {
      registry
        .stopComponent(bento, component)
        .catch((error: unknown) => void messages.show(error, bento));
    },
  });
  const tools: MessageParts['tools'] = (python, id) =>
    sources.pythonTools(python, id === undefined ? undefined : registry.discovered(id));
  const install: Install = async (python, packages, bento) => {
    const { installPackages } = await import('../on-demand');
    const { run } = sources;
    return installPackages(python, packages, bento, { run, tools, cwd: context.extensionPath });
  };
  const serving: Serving = {
    serve: async (id, once) => {
      const bento = registry.bento(id);
      if (bento !== undefined) await progress.serve(bento, once);
    },
    envFiles: (id) => {
      const bento = registry.discovered(id);
      return bento === undefined ? [] : sources.settingsFor(bento).envFile;
    },
  };
  const parts = { log, terminals, manager: registry, secrets, install, serving };
  const messages = new ProblemMessages(parts);
  const progress = new ServeWithProgress(systemClock, registry, messages);
  return { terminals, messages, progress, install, tools };
}
