import path from 'node:path';
import type { ExtensionContext } from 'vscode';
import type { Log } from '../../core/log';
import type { PythonTools } from '../../core/interpreter/probe-report';
import type { BentoRegistry } from '../../core/registry/bento-registry';
import type { LazyLogFolder } from '../logs/lazy-log-folder';
import type { Install } from '../problems/problem-actions';
import type { ProblemMessages } from '../problems/problem-messages';
import type { StacksDocuments } from '../profile/stacks-documents';
import type { WindowSources } from '../sources/window-sources';
import type { CommandParts } from './command-group';

export interface LazyActionParts {
  readonly registry: BentoRegistry;
  readonly sources: WindowSources;
  readonly messages: ProblemMessages;
  readonly log: Log;
  /** The folder of our Python scripts. */
  readonly scripts: string;
  readonly install: Install;
  readonly tools: (python: string, id: string | undefined) => Promise<PythonTools>;
  readonly logFiles: LazyLogFolder;
  readonly stacks: StacksDocuments;
}

type LazyActions = Pick<
  CommandParts,
  | 'createCertificate'
  | 'openLog'
  | 'runBentoml'
  | 'deleteVersion'
  | 'storeDirectory'
  | 'profile'
  | 'dumpStacks'
  | 'diagnose'
>;

/** The work of some commands. Its modules are loaded at the first call. */
export function lazyActions(
  { extension, globalStorageUri }: ExtensionContext,
  { registry, sources, messages, log, scripts, install, tools, logFiles, stacks }: LazyActionParts,
): LazyActions {
  return {
    createCertificate: async () => {
      const { createCertificate } = await import('./create-certificate');
      await createCertificate(globalStorageUri.fsPath, registry);
    },
    openLog: async (target) => {
      const { openLog } = await import('../on-demand');
      await openLog(target, registry, await logFiles.open());
    },
    runBentoml: async (action, id) => {
      const surroundings = await registry.surroundings(id);
      const { offerBuilt, runBentoml } = await import('../on-demand');
      const { displayName = id } = registry.bento(id) ?? {};
      const { run } = sources;
      const building = (): (() => void) => {
        const offer = offerBuilt(displayName, sources);
        return () => void offer().catch((error: unknown) => messages.show(error));
      };
      const around = { displayName, run, scripts, tools, install, building };
      await runBentoml(action, surroundings, around);
    },
    deleteVersion: async (version) => {
      const { deleteFromStore } = await import('../on-demand');
      await deleteFromStore(version, { sources, manager: registry, log });
    },
    storeDirectory: (kind) => path.join(sources.store.home, kind),
    profile: async (target) => {
      const { profile } = await import('../on-demand');
      await profile(target, registry, globalStorageUri.fsPath);
    },
    dumpStacks: async (target) => {
      const { dumpStacks } = await import('../on-demand');
      await dumpStacks(target, registry, stacks);
    },
    diagnose: async () => {
      const { diagnosticsOf } = await import('../on-demand');
      return diagnosticsOf(registry, extension);
    },
  };
}
