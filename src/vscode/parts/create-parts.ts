import path from 'node:path';
import * as vscode from 'vscode';
import { ServedBefore } from '../../core/target/local/fork-server/served-before';
import { LazyLogFolder } from '../logs/lazy-log-folder';
import { WindowSources } from '../sources/window-sources';
import { Consent } from '../trust/consent';
import { Secrets } from '../trust/secrets';
import { createMessages } from './create-messages';
import { createRegistry } from './create-registry';
import { createResume } from './create-resume';
import { createWarmUp } from './create-warm-up';
import type { ExtensionParts } from './extension-parts';

/** Creates the shared objects, which end with the extension. */
export function createParts(context: vscode.ExtensionContext): ExtensionParts {
  const log = vscode.window.createOutputChannel('Serve Bento', { log: true });
  const scripts = path.join(context.extensionPath, 'dist/python');
  const secrets = new Secrets(context.secrets, context.globalState);
  const sources = new WindowSources(context, secrets, log);
  const logFiles = new LazyLogFolder(context.globalStorageUri, log);
  const consent = new Consent(context.workspaceState);
  const servedBefore = new ServedBefore(context.workspaceState);
  const registry = createRegistry({
    ...{ context, log, scripts, secrets, sources, logFiles, consent, servedBefore },
    builders: () => shared,
  });
  const shared = createMessages({ context, log, secrets, sources, registry });
  const { promise: settled, resolve } = Promise.withResolvers<undefined>();
  const warmUp = createWarmUp({
    ...{ log, secrets, sources, consent, registry, servedBefore, settled },
  });
  const resume = createResume({ context, log, sources, registry, messages: shared.messages });
  context.subscriptions.push(log, sources, registry, shared.terminals, warmUp);
  return {
    ...{ context, log, scripts, secrets, sources, logFiles, registry, warmUp, resume },
    ...shared,
    settle: () => resolve(undefined),
  };
}
