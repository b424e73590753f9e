import type { ExtensionParts } from '../parts/extension-parts';
import type { Feature } from './feature';

/** The first discovery, and after it: help in files, leftover processes, and serving again what a reload stopped. */
export const startUp: Feature<ExtensionParts> = {
  name: 'start-up',
  register: ({ context, registry, sources, messages, log, resume, settle }, own) => {
    const run = async (): Promise<void> => {
      await sources.whenDone();
      const { endOrphans, registerEditing } = await import('../after-activation');
      registerEditing(own, { manager: registry, messages, sources });
      // They may hold the ports of what is served again.
      await endOrphans(context, log);
      await resume.run();
    };
    void run()
      .catch((error: unknown) => messages.show(error))
      .finally(settle);
  },
};
