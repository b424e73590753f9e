import path from 'node:path';
import type { ExtensionContext } from 'vscode';
import { systemClock } from '../../core/clock';
import type { Log } from '../../core/log';
import type { PythonTools } from '../../core/interpreter/probe-report';
import type { BentoRegistry } from '../../core/registry/bento-registry';
import type { EngineDocuments } from '../engine/engine-documents';
import type { LazyLogFolder } from '../logs/lazy-log-folder';
import type { Install } from '../problems/problem-actions';
import type { ProblemMessages } from '../problems/problem-messages';
import type { StacksDocuments } from '../profile/stacks-documents';
import type { WorkerTerminals } from '../terminals/worker-terminals';
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
  readonly engineDocuments: EngineDocuments;
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
  | 'onEngine'
  | 'diagnose'
>;

/** The work of some commands. Its modules are loaded at the first call. */
export function lazyActions(
  { extension, globalStorageUri, subscriptions }: ExtensionContext,
  parts: LazyActionParts,
): LazyActions {
  const { registry, sources, messages, log, scripts, install, tools, logFiles, stacks } = parts;
  let terminals: WorkerTerminals | undefined;
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
    onEngine: {
      showLog: async (target, previous) => {
        const { WorkerTerminals } = await import('../on-demand');
        if (terminals === undefined) {
          terminals = new WorkerTerminals(registry, systemClock);
          subscriptions.push(terminals);
        }
        terminals.show(target, previous);
      },
      describe: async (subject) => {
        const { describe } = await import('../on-demand');
        await describe(registry, parts.engineDocuments, subject);
      },
      scale: async (target) => {
        const { scale } = await import('../on-demand');
        await scale(registry, target);
      },
      compare: async (bento) => {
        const { compare } = await import('../on-demand');
        await compare(registry, parts.engineDocuments, bento);
      },
    },
    diagnose: async () => {
      const { diagnosticsOf } = await import('../on-demand');
      return diagnosticsOf(registry, extension);
    },
  };
}
