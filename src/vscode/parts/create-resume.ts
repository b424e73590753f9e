import path from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import { isAlive } from '../../core/programs/is-alive';
import { Resume } from '../lifecycle/resume';
import { ServedRecords } from '../lifecycle/served-records';
import type { ExtensionParts } from './extension-parts';

type Needed = Pick<ExtensionParts, 'context' | 'log' | 'sources' | 'registry' | 'messages'>;

/** Creates what remembers served bentos, and serves them again after a reload. */
export function createResume({ context, log, sources, registry, messages }: Needed): Resume {
  const storage = context.storageUri ?? context.globalStorageUri;
  return new Resume({
    manager: registry,
    records: new ServedRecords({
      directory: path.join(storage.fsPath, 'windows'),
      clock: systemClock,
      pid: process.pid,
      isAlive,
      onFailure: (message) => log.warn(message),
    }),
    clock: systemClock,
    wanted: (id) => {
      const bento = registry.discovered(id);
      return (
        vscode.workspace.isTrusted &&
        bento !== undefined &&
        sources.settingsFor(bento).resumeOnReload
      );
    },
    onFailure: (error, id) => void messages.show(error, id),
  });
}
